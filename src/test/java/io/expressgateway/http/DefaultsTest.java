package io.expressgateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.expressgateway.plane.DataPlane.BindFailure;
import java.io.IOException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** What one gets who asks for nothing. */
class DefaultsTest {

  private static final ExchangeRecord UNTOUCHED =
      (ExchangeRecord)
          Proxy.newProxyInstance(
              DefaultsTest.class.getClassLoader(),
              new Class<?>[] {ExchangeRecord.class},
              (proxy, method, arguments) -> {
                throw new AssertionError("asked for " + method.getName());
              });

  @Test
  void metricsThatNobodyCollectsAreDiscarded() {
    HttpMetrics none = HttpMetrics.NONE;
    assertThatCode(
            () -> {
              none.onSnapshot(Gateway.builder().snapshot());
              none.onExchangeEnd(UNTOUCHED);
              none.onUpstreamEnd(0, "c", "e", 200, 1);
              none.onFailure(0, "why");
              none.onSecurity(0, "rule", "close");
              none.onStaleConnectionSaved(0, "c");
              none.onContainedException(0, new IllegalStateException());
              none.onRetry(0, "c", "why");
            })
        .doesNotThrowAnyException();
  }

  @Test
  void anAccessLogThatIsOffKeepsNothing() {
    assertThatCode(() -> AccessLog.NONE.log(UNTOUCHED)).doesNotThrowAnyException();
  }

  @Test
  void zeroEventLoopsMeansOnePerCore() {
    assertThat(new HttpEngineOptions(0, "auto").loops())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(new HttpEngineOptions(3, "auto").loops()).isEqualTo(3);
  }

  @Test
  void aBindFailureCarriesListenerReasonAndCause() {
    IOException cause = new IOException("why");
    BindFailure failure = new BindFailure("web", "taken", cause);
    assertThat(failure).hasMessage("taken").hasCause(cause);
    assertThat(failure.listener()).isEqualTo("web");
  }

  @Test
  void everyReasonHasACodeOfItsOwn() {
    assertThat(Why.values()).extracting(Why::code).doesNotHaveDuplicates().doesNotContain("");
  }
}
