package io.expressgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionSettingsTest {

  private static VersionSettings settings(boolean required, String... supported) {
    return new VersionSettings(
        "X-V", "v", "application/json", "ver", 1, null, required, List.of(supported), true);
  }

  @Test
  void asksHeaderThenQueryThenMediaTypeThenPath() {
    VersionSettings all = settings(false);
    TestRequest request =
        TestRequest.get("/api/4?v=2").header("Accept", "text/plain, application/json; ver=3");
    assertThat(all.textOf(request.head())).isEqualTo("2");
    assertThat(all.textOf(TestRequest.get("/?v=2").header("x-v", "1").head())).isEqualTo("1");
    TestRequest media =
        TestRequest.get("/api/4").header("Accept", "text/plain, application/json; ver=3");
    assertThat(all.textOf(media.head())).isEqualTo("3");
    TestRequest content =
        TestRequest.get("/api/4").header("Content-Type", "application/json;ver=\"5\"");
    assertThat(all.textOf(content.head())).isEqualTo("5");
    assertThat(all.textOf(TestRequest.get("/api/4").head())).isEqualTo("4");
    assertThat(all.textOf(TestRequest.get("/api").head())).isNull();
    assertThat(VersionSettings.NONE.isEnabled()).isFalse();
  }

  @Test
  void usesTheDefaultWhenARequestCarriesNone() {
    VersionSettings settings =
        new VersionSettings("X-V", null, null, null, null, "1.5", false, List.of(), true);
    assertThat(settings.versionOf(TestRequest.get("/").head())).isEqualTo(new ApiVersion(1, 5, 0));
  }

  @Test
  void namesWhatIsWrongWithTheVersionOfARequest() {
    RouteTable table =
        RouteTable.compile(List.of(TestRoutes.route("r", "Version=1.1+")), settings(true, "2.0"));
    assertThat(table.versionProblem(TestRequest.get("/"))).contains("carries no");
    assertThat(table.versionProblem(TestRequest.get("/?v=x"))).contains("malformed");
    assertThat(table.versionProblem(TestRequest.get("/?v=9"))).contains("not supported");
    assertThat(table.versionProblem(TestRequest.get("/?v=1.1"))).isNull();
    assertThat(table.versionProblem(TestRequest.get("/?v=2"))).isNull();
    assertThat(RouteTable.EMPTY.versionProblem(TestRequest.get("/"))).isNull();
  }

  @Test
  void refusesSettingsThatContradictThemselves() {
    assertThatThrownBy(
            () -> new VersionSettings("h", null, null, null, null, "1", true, List.of(), true))
        .hasMessageContaining("exclude each other");
    assertThatThrownBy(
            () -> new VersionSettings("h", null, null, null, -1, null, false, List.of(), true))
        .hasMessageContaining("count from 0");
    assertThatThrownBy(
            () -> new VersionSettings("h", null, "a/b", null, null, null, false, List.of(), true))
        .hasMessageContaining("set both");
    assertThatThrownBy(
            () -> new VersionSettings("h", null, null, null, null, "x", false, List.of(), true))
        .hasMessageContaining("is no version");
  }
}
