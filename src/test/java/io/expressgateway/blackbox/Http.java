package io.expressgateway.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests in one line, by the JDK's client over HTTP/1.1. Redirects are shown, not followed. */
final class Http {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private Http() {}

  /** GET with these header names and values, alternating. */
  static HttpResponse<String> get(URI uri, String... headers) {
    return send("GET", uri, "", headers);
  }

  /** POST of JSON, as the management port wants it. */
  static HttpResponse<String> postJson(URI uri, String body, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Content-Type";
    all[1] = "application/json";
    System.arraycopy(headers, 0, all, 2, headers.length);
    return send("POST", uri, body, all);
  }

  /** Any method with a text body; an empty one is none. */
  static HttpResponse<String> send(String method, URI uri, String body, String... headers) {
    HttpRequest.BodyPublisher publisher =
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    return send(
        request(uri, headers).method(method, publisher), HttpResponse.BodyHandlers.ofString());
  }

  /** A request that the caller completes. */
  static HttpRequest.Builder request(URI uri, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request;
  }

  /** Sends it. */
  static <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return CLIENT.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The status, or 0 when there is no answer. */
  static int status(URI uri) {
    try {
      return get(uri).statusCode();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }
}
