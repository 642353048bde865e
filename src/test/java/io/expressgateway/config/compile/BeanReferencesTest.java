package io.expressgateway.config.compile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BeanReferencesTest {

  @Test
  void aBeanByNameAndNothingElse() {
    assertThat(BeanReferences.isForbidden("#{@userKeyResolver}", false)).isFalse();
    assertThat(BeanReferences.isForbidden("#{@a.run()}", false)).isTrue();
    assertThat(BeanReferences.isForbidden("#{T(java.lang.Runtime)}", false)).isTrue();
    assertThat(BeanReferences.isForbidden("x #{@a}", false)).isTrue();
    assertThat(BeanReferences.isForbidden("plain", true)).isFalse();
  }

  @Test
  void notEvenThatThroughAnApi() {
    assertThat(BeanReferences.isForbidden("#{@userKeyResolver}", true)).isTrue();
  }
}
