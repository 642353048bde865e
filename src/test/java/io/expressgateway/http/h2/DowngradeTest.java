package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests of HTTP/2 that would become something else in HTTP/1.1 (RFC 9113 section 10.3): each is
 * refused, nothing of it reaches the endpoint, and the connection and its neighbour are served on.
 */
class DowngradeTest {

  /**
   * Fields by {@code name=value}, divided by {@code ;}, in their order; {@code \r}, {@code \n},
   * {@code \0} and {@code _} stand for CR, LF, NUL and a space.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "te: gzip                  | :method=GET;:scheme=http;:path=/;:authority=test;te=gzip",
        "te: trailers, gzip        | :method=GET;:scheme=http;:path=/;:authority=test;te=trailers,gzip",
        "connection                | :method=GET;:scheme=http;:path=/;:authority=test;connection=close",
        "connection naming a field | :method=GET;:scheme=http;:path=/;:authority=test;connection=x-a;x-a=1",
        "upgrade                   | :method=GET;:scheme=http;:path=/;:authority=test;upgrade=websocket",
        "keep-alive                | :method=GET;:scheme=http;:path=/;:authority=test;keep-alive=timeout=5",
        "proxy-connection          | :method=GET;:scheme=http;:path=/;:authority=test;proxy-connection=close",
        "transfer-encoding         | :method=POST;:scheme=http;:path=/;:authority=test;transfer-encoding=chunked",
        "unknown pseudo-header     | :method=GET;:scheme=http;:path=/;:authority=test;:evil=1",
        "response pseudo-header    | :method=GET;:scheme=http;:path=/;:authority=test;:status=200",
        "pseudo-header behind      | :method=GET;:scheme=http;x-a=1;:path=/;:authority=test",
        "two methods               | :method=GET;:method=POST;:scheme=http;:path=/;:authority=test",
        "two paths                 | :method=GET;:scheme=http;:path=/;:path=/b;:authority=test",
        "two authorities           | :method=GET;:scheme=http;:path=/;:authority=test;:authority=b",
        "no method                 | :scheme=http;:path=/;:authority=test",
        "no path                   | :method=GET;:scheme=http;:authority=test",
        "no scheme                 | :method=GET;:path=/;:authority=test",
        "no authority              | :method=GET;:scheme=http;:path=/",
        "method with a line        | :method=GET_/_HTTP/1.1\\r\\nx:;:scheme=http;:path=/;:authority=test",
        "method with a space       | :method=GET_/x;:scheme=http;:path=/;:authority=test",
        "path with a space         | :method=GET;:scheme=http;:path=/a_HTTP/1.1;:authority=test",
        "path with a line          | :method=GET;:scheme=http;:path=/\\r\\nx:y;:authority=test",
        "path with LF              | :method=GET;:scheme=http;:path=/\\nx;:authority=test",
        "path with NUL             | :method=GET;:scheme=http;:path=/\\0;:authority=test",
        "path without a slash      | :method=GET;:scheme=http;:path=a;:authority=test",
        "path of absolute form     | :method=GET;:scheme=http;:path=http://evil/;:authority=test",
        "empty path                | :method=GET;:scheme=http;:path=;:authority=test",
        "asterisk for GET          | :method=GET;:scheme=http;:path=*;:authority=test",
        "authority with a line     | :method=GET;:scheme=http;:path=/;:authority=a\\r\\nx:y",
        "authority with a space    | :method=GET;:scheme=http;:path=/;:authority=a_b",
        "authority with user       | :method=GET;:scheme=http;:path=/;:authority=u@test",
        "authority with a path     | :method=GET;:scheme=http;:path=/;:authority=test/x",
        "host that differs         | :method=GET;:scheme=http;:path=/;:authority=test;host=evil",
        "two hosts                 | :method=GET;:scheme=http;:path=/;:authority=test;host=test;host=test",
        "two hosts, no authority   | :method=GET;:scheme=http;:path=/;host=test;host=evil",
        "CR in a name              | :method=GET;:scheme=http;:path=/;:authority=test;x\\ra=1",
        "LF in a name              | :method=GET;:scheme=http;:path=/;:authority=test;x\\nhost=1",
        "NUL in a name             | :method=GET;:scheme=http;:path=/;:authority=test;x\\0=1",
        "colon in a name           | :method=GET;:scheme=http;:path=/;:authority=test;x:y=1",
        "space in a name           | :method=GET;:scheme=http;:path=/;:authority=test;x_y=1",
        "upper case in a name      | :method=GET;:scheme=http;:path=/;:authority=test;X-A=1",
        "empty name                | :method=GET;:scheme=http;:path=/;:authority=test;=1",
        "CR in a value             | :method=GET;:scheme=http;:path=/;:authority=test;x=a\\rb",
        "LF in a value             | :method=GET;:scheme=http;:path=/;:authority=test;x=a\\nhost:evil",
        "CRLF in a value           | :method=GET;:scheme=http;:path=/;:authority=test;x=a\\r\\nhost:evil",
        "NUL in a value            | :method=GET;:scheme=http;:path=/;:authority=test;x=a\\0b",
        "space before a value      | :method=GET;:scheme=http;:path=/;:authority=test;x=_a",
        "space behind a value      | :method=GET;:scheme=http;:path=/;:authority=test;x=a_",
        "line in a cookie          | :method=GET;:scheme=http;:path=/;:authority=test;cookie=a\\r\\nb",
        "two lengths               | :method=POST;:scheme=http;:path=/;:authority=test;content-length=0;content-length=5",
        "two equal lengths         | :method=POST;:scheme=http;:path=/;:authority=test;content-length=0;content-length=0",
        "list of equal lengths     | :method=POST;:scheme=http;:path=/;:authority=test;content-length=0,0",
        "length with a sign        | :method=POST;:scheme=http;:path=/;:authority=test;content-length=+0",
        "list of lengths           | :method=POST;:scheme=http;:path=/;:authority=test;content-length=0,5",
        "length without a body     | :method=POST;:scheme=http;:path=/;:authority=test;content-length=5",
        "other expectation         | :method=GET;:scheme=http;:path=/;:authority=test;expect=x",
        "a second expectation      | :method=GET;:scheme=http;:path=/;:authority=test;expect=100-continue;expect=x",
        "CONNECT                   | :method=CONNECT;:authority=test:443",
      })
  void isRefusedAndNothingOfItIsForwarded(String attack, String fields) throws Exception {
    refused(client -> client.frame(RawHttp2.HEADERS, 5, 1, block(fields)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "pseudo-header     | :path=/b",
        "transfer-encoding | transfer-encoding=chunked",
        "content-length    | content-length=5",
        "host              | host=evil",
        "connection        | connection=close",
        "te                | te=trailers",
        "CRLF in a value   | x=a\\r\\nGET_/_HTTP/1.1",
        "LF in a name      | x\\na=1",
        "upper case        | X-A=1",
      })
  void trailersThatAreNoneEndTheRequest(String attack, String fields) throws Exception {
    String head = ":method=POST;:scheme=http;:path=/;:authority=test";
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok("hello");
            });
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port());
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      client
          .settings()
          .frame(RawHttp2.HEADERS, 4, 1, block(head))
          .frame(RawHttp2.DATA, 0, 1, new byte[] {1})
          .frame(RawHttp2.HEADERS, 5, 1, block(fields))
          .send();
      assertThat(client.await(RawHttp2.RST_STREAM).number(0)).isEqualTo(RawHttp2.PROTOCOL_ERROR);
      for (RawEndpoint.Request request : endpoint.requests()) {
        assertThat(request.trailers()).isEmpty();
      }
      served(client, 3);
      served(neighbour.settings(), 1);
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private interface Frames {
    void add(RawHttp2 client);
  }

  private static void refused(Frames attack) throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = Gateway.to(endpoint.port());
        RawHttp2 client = new RawHttp2(gateway.port());
        RawHttp2 neighbour = new RawHttp2(gateway.port())) {
      attack.add(client.settings());
      client.send();
      RawHttp2.Frame answer = client.read();
      while (answer.type() != RawHttp2.RST_STREAM && answer.type() != RawHttp2.HEADERS) {
        answer = client.read();
      }
      assertThat(answer.stream()).isEqualTo(1);
      if (answer.type() == RawHttp2.HEADERS) {
        assertThat(client.fields(answer).status().toString()).startsWith("4");
      } else {
        assertThat(answer.number(0)).isEqualTo(RawHttp2.PROTOCOL_ERROR);
      }
      assertThat(gateway.metrics.security).hasSize(1);
      assertThat(endpoint.requests()).isEmpty();
      served(client, 3);
      served(neighbour.settings(), 1);
      Await.until(
          "every exchange ends",
          () -> {
            var ledger = gateway.engine().ledger();
            return ledger.accepted() == ledger.completed() + ledger.refused() + ledger.aborted();
          });
      assertThat(gateway.metrics.contained).isEmpty();
    }
  }

  private static void served(RawHttp2 client, int stream) throws Exception {
    client.request(stream, "GET", true).send();
    RawHttp2.Frame data = client.await(RawHttp2.DATA);
    while (data.stream() != stream) {
      data = client.await(RawHttp2.DATA);
    }
  }

  private static byte[] block(String fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String field : fields.split(";")) {
      int equals = field.indexOf('=', 0);
      RawHttp2.literal(block, raw(field.substring(0, equals)), raw(field.substring(equals + 1)));
    }
    return block.toByteArray();
  }

  private static String raw(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace('_', ' ');
  }
}
