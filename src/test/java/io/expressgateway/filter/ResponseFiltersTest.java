package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the comparison with Spring Cloud Gateway cannot show, or where ours is meant to differ. */
class ResponseFiltersTest {

  @Test
  void setsAStatusByName() {
    FakeFilterExchange exchange =
        FakeFilterExchange.answered().through(Filters.of("SetStatus=i_am_a_teapot"));
    assertThat(exchange.response.status()).isEqualTo(418);
    assertThat(exchange.response.headers().size()).isZero();
  }

  @Test
  void tellsTheOriginalStatusWhenAskedTo() {
    FilterRegistry registry =
        new FilterRegistry(new FilterSettings(SecureHeadersSettings.DEFAULTS, "X-Original"));
    FakeFilterExchange exchange = FakeFilterExchange.answered();
    exchange.response.status(503);
    exchange.through(registry.create(Filters.shortcut("SetStatus=401")));
    assertThat(exchange.response.status()).isEqualTo(401);
    assertThat(exchange.response.headers().get("x-original")).isEqualTo("[503]");
  }

  @Test
  void locationGetsTheHostThatTheClientAskedForWhateverLaterFiltersDo() {
    FakeFilterExchange exchange =
        FakeFilterExchange.answered("Location", "http://inside:8080/v1/x");
    exchange.request.path("/v3/orders");
    exchange.through(
        Filters.of("RewriteLocationResponseHeader"),
        Filters.of("SetRequestHostHeader=inside"),
        Filters.of("StripPrefix=1"));
    assertThat(exchange.response.headers().get("location")).isEqualTo("http://example.org/v1/x");
  }

  @Test
  void aDollarInTheClientsHostIsText() {
    FakeFilterExchange exchange = FakeFilterExchange.answered("Location", "http://inside/x");
    exchange.request.authority("a$1");
    exchange.through(Filters.of("RewriteLocationResponseHeader"));
    assertThat(exchange.response.headers().get("location")).isEqualTo("http://a$1/x");
  }

  @Test
  void locationStaysForARequestWithoutHost() {
    FakeFilterExchange exchange = FakeFilterExchange.answered("Location", "http://inside/x");
    exchange.request.authority("");
    exchange.through(Filters.of("RewriteLocationResponseHeader"));
    assertThat(exchange.response.headers().get("location")).isEqualTo("http://inside/x");
  }

  @Test
  void knowsAVersionedPath() {
    assertThat(RewriteLocationResponseHeader.isVersioned("/v1/")).isTrue();
    assertThat(RewriteLocationResponseHeader.isVersioned("/v12/x")).isTrue();
    for (String path : new String[] {"/", "/v/x", "/v1", "/vx1/", "/x1/a", "/v1x/"}) {
      assertThat(RewriteLocationResponseHeader.isVersioned(path)).as(path).isFalse();
    }
  }

  @Test
  void secureHeadersTakeTheGlobalLists() {
    SecureHeadersSettings defaults = SecureHeadersSettings.DEFAULTS;
    SecureHeadersSettings settings =
        new SecureHeadersSettings(
            "0",
            defaults.strictTransportSecurity(),
            defaults.frameOptions(),
            defaults.contentTypeOptions(),
            defaults.referrerPolicy(),
            defaults.contentSecurityPolicy(),
            defaults.downloadOptions(),
            defaults.permittedCrossDomainPolicies(),
            "camera=()",
            Set.of("Permissions-Policy"),
            Set.of(
                "X-Frame-Options",
                "X-Content-Type-Options",
                "Strict-Transport-Security",
                "Referrer-Policy",
                "Content-Security-Policy",
                "X-Download-Options",
                "X-Permitted-Cross-Domain-Policies"));
    FilterRegistry registry = new FilterRegistry(new FilterSettings(settings, null));
    FakeFilterExchange exchange =
        FakeFilterExchange.answered().through(registry.create(Filters.shortcut("SecureHeaders")));
    assertThat(exchange.response.headers().toString())
        .isEqualTo("X-Xss-Protection: 0\nPermissions-Policy: camera=()\n");
  }

  @Test
  void aMissingVariableOfSetResponseHeaderFailsBeforeTheEndpoint() {
    HttpFilter filter = Filters.of("SetResponseHeader=X-A, {missing}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filter.onRequestHead(FakeFilterExchange.get("/")));
  }

  @Test
  void everyBuiltInIsHeadOnly() {
    assertThat(Filters.of("StripPrefix").isHeadOnly()).isTrue();
  }
}
