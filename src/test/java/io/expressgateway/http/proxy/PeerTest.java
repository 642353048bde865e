package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerTest {

  private static final ListenerContext TRUSTING =
      TestListener.trusting("10.0.0.0/8", "2001:db8:aa::/48");

  private static Peer peer(String address, ListenerContext listener) {
    return new Peer(new InetSocketAddress(InetAddress.ofLiteral(address), 4711), listener);
  }

  private static RequestHead head(String authority, String... forwardedFor) {
    RequestHead head = new RequestHead(new HeaderBlock());
    head.reset("GET", "http", authority, "/a/b", null, HttpVersion.HTTP_1_1);
    for (String value : forwardedFor) {
      head.headers().add("X-Forwarded-For", value);
    }
    return head;
  }

  private static Forwarding only(boolean append, String which) {
    return new Forwarding(
        which.equals("for"),
        append,
        which.equals("proto"),
        append,
        which.equals("host"),
        append,
        which.equals("port"),
        append,
        which.equals("prefix"),
        append,
        which.equals("forwarded"));
  }

  private static String written(Peer peer, RequestHead head, String originalPath) {
    peer.writeForwarding(head, originalPath);
    return head.headers().toString();
  }

  @Test
  void knowsItsConnection() {
    Peer peer = peer("10.1.2.3", TRUSTING);
    assertThat(peer.isTrusted()).isTrue();
    assertThat(peer.address().getPort()).isEqualTo(4711);
    assertThat(peer.listener()).isSameAs(TRUSTING);
  }

  @Test
  void theClientOfAnUntrustedPeerIsThePeer() {
    Peer peer = peer("192.0.2.1", TRUSTING);
    assertThat(peer.client(head("h", "203.0.113.9"))).isSameAs(peer.address());
  }

  @Test
  void theClientOfATrustedPeerThatNamesNobodyIsThePeer() {
    Peer peer = peer("10.0.0.1", TRUSTING);
    assertThat(peer.client(head("h"))).isSameAs(peer.address());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9                              | 203.0.113.9:0",
        "198.51.100.1, 203.0.113.9, 10.9.9.9      | 203.0.113.9:0",
        "203.0.113.9:5000 , 10.9.9.9              | 203.0.113.9:5000",
        "2001:db8::7, 2001:db8:aa::1              | [2001:db8:0:0:0:0:0:7]:0",
        "[2001:db8::7]:443, 10.1.1.1              | [2001:db8:0:0:0:0:0:7]:443",
        "[2001:db8::7], 10.1.1.1                  | [2001:db8:0:0:0:0:0:7]:0",
        "::ffff:203.0.113.9                       | 203.0.113.9:0",
        // All trusted: the farthest.
        "10.0.0.7, 10.0.0.8                       | 10.0.0.7:0",
        // A hop that is no address ends the walk at the last that is one.
        "203.0.113.9, unknown, 10.9.9.9           | 10.9.9.9:0",
        "203.0.113.9, _hidden:80, 10.9.9.9        | 10.9.9.9:0",
        "203.0.113.9, , 10.9.9.9                  | 10.9.9.9:0",
        "203.0.113.9, 10.0.0.1:99999, 10.9.9.9    | 10.9.9.9:0",
        "203.0.113.9, 10.0.0.1:http, 10.9.9.9     | 10.9.9.9:0",
        "203.0.113.9, [10.9.9.8, 10.9.9.9         | 10.9.9.9:0",
        "203.0.113.9, localhost:80, 10.9.9.9      | 10.9.9.9:0",
        "203.0.113.9, 010.0.0.1, 10.9.9.9         | 10.9.9.9:0",
        "garbage                                  | 10.0.0.1:4711",
        "2001:db8::7%eth0                         | 10.0.0.1:4711",
        "[]                                       | 10.0.0.1:4711",
        "''                                       | 10.0.0.1:4711",
      })
  void theClientIsTheRightmostHopThatIsNoTrustedProxy(String forwardedFor, String client) {
    InetSocketAddress found = peer("10.0.0.1", TRUSTING).client(head("h", forwardedFor));
    String host = found.getAddress().getHostAddress();
    assertThat((host.contains(":") ? "[" + host + "]" : host) + ":" + found.getPort())
        .isEqualTo(client);
  }

  @Test
  void theHopsOfSeveralFieldsAreOneList() {
    RequestHead head = head("h", "198.51.100.1, 203.0.113.9", "10.3.3.3");
    assertThat(peer("10.0.0.1", TRUSTING).client(head).getAddress().getHostAddress())
        .isEqualTo("203.0.113.9");
  }

  @Test
  void anUntrustedPeersForwardingIsWrittenAfresh() {
    Peer peer = peer("2001:db8::9", TestListener.trusting());
    String first = written(peer, head("shop.test"), "/a/b");
    assertThat(first)
        .isEqualTo(
            """
            X-Forwarded-For: 2001:db8:0:0:0:0:0:9
            X-Forwarded-Proto: http
            X-Forwarded-Host: shop.test
            X-Forwarded-Port: 80
            Forwarded: proto=http;host="shop.test";for="[2001:db8:0:0:0:0:0:9]:4711"
            Via: 1.1 expressgateway
            """);
    assertThat(written(peer, head("shop.test"), "/a/b")).isEqualTo(first);
    assertThat(written(peer, head("other:81"), "/a/b"))
        .contains("X-Forwarded-Host: other:81\nX-Forwarded-Port: 81\n");
  }

  @Test
  void anEmptyAuthorityIsNotForwarded() {
    assertThat(written(peer("192.0.2.1", TestListener.trusting()), head(""), "/a/b"))
        .isEqualTo(
            """
            X-Forwarded-For: 192.0.2.1
            X-Forwarded-Proto: http
            X-Forwarded-Port: 80
            Forwarded: proto=http;for="192.0.2.1:4711"
            Via: 1.1 expressgateway
            """);
    assertThat(written(peer("10.0.0.1", TRUSTING), head(""), "/a/b"))
        .doesNotContain("X-Forwarded-Host");
  }

  @ParameterizedTest
  @CsvSource({
    "for, X-Forwarded-For, 10.0.0.1",
    "proto, X-Forwarded-Proto, http",
    "host, X-Forwarded-Host, shop.test:8080",
    "port, X-Forwarded-Port, 8080"
  })
  void eachSwitchWritesItsFieldAndAppendsOrReplaces(String which, String name, String value) {
    List<Cidr> trusted = List.of(Cidr.parse("10.0.0.0/8"));
    for (boolean append : new boolean[] {true, false}) {
      Peer peer = peer("10.0.0.1", TestListener.with(trusted, "", only(append, which)));
      RequestHead head = head("shop.test:8080");
      head.headers().add(name, "x");
      head.headers().add(name, "y");
      assertThat(written(peer, head, "/a/b"))
          .isEqualTo(name + ": " + (append ? "x,y," : "") + value + "\nVia: 1.1 expressgateway\n");
      assertThat(written(peer, head("shop.test:8080"), "/a/b"))
          .isEqualTo(name + ": " + value + "\nVia: 1.1 expressgateway\n");
    }
  }

  @Test
  void aTrustedPeersForwardedIsAlwaysExtended() {
    Peer peer =
        peer(
            "10.0.0.1",
            TestListener.with(List.of(Cidr.parse("10.0.0.0/8")), "", only(false, "forwarded")));
    RequestHead head = head("h");
    head.headers().add("Forwarded", "for=x");
    assertThat(written(peer, head, "/a/b"))
        .startsWith("Forwarded: for=x,proto=http;host=\"h\";for=\"10.0.0.1:4711\"\n");
  }

  @Test
  void aTrustedPeersFieldsStayWhenTheirSwitchIsOff() {
    Peer peer =
        peer(
            "10.0.0.1",
            TestListener.with(List.of(Cidr.parse("10.0.0.0/8")), "", only(true, "none")));
    assertThat(written(peer, head("h", "203.0.113.9"), "/gone/a/b"))
        .isEqualTo("X-Forwarded-For: 203.0.113.9\nVia: 1.1 expressgateway\n");
  }

  @Test
  void thePortOfTheSchemeStandsInForOneThatIsNotNamed() {
    Peer peer = peer("192.0.2.1", TestListener.with(List.of(), "", only(true, "port")));
    RequestHead secure = new RequestHead(new HeaderBlock());
    secure.reset("GET", "https", "[::1]", "/", null, HttpVersion.HTTP_1_1);
    assertThat(written(peer, secure, "/")).startsWith("X-Forwarded-Port: 443\n");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, true, '/edge,/shop'",
    "10.0.0.1, false, /shop",
    // What an untrusted peer says is never extended, even when it was not stripped.
    "192.0.2.1, true, /shop",
  })
  void aPrefixTakenOffThePathIsTold(String address, boolean append, String expected) {
    Peer peer =
        peer(
            address,
            TestListener.with(List.of(Cidr.parse("10.0.0.0/8")), "", only(append, "prefix")));
    RequestHead head = head("h");
    head.headers().add("X-Forwarded-Prefix", "/edge");
    peer.writeForwarding(head, "/shop/a/b");
    assertThat(head.headers().all("X-Forwarded-Prefix")).containsExactly(expected);
  }

  @Test
  void aPathThatDidNotLoseItsFrontTellsNoPrefix() {
    Peer peer = peer("192.0.2.1", TestListener.trusting());
    for (String before : List.of("/a/b", "/b", "/something/else")) {
      assertThat(written(peer, head("h"), before)).doesNotContain("Prefix");
    }
  }

  @Test
  void onlyAnUntrustedPeerLosesItsClaims() {
    for (String address : List.of("10.0.0.1", "192.0.2.1")) {
      HeaderBlock headers = new HeaderBlock();
      for (String name : List.of("For", "Proto", "Host", "Port", "Prefix")) {
        headers.add("x-forwarded-" + name, "evil");
      }
      headers.add("FORWARDED", "for=evil");
      headers.add("Accept", "*/*");
      Peer peer = peer(address, TRUSTING);
      peer.stripUntrusted(headers);
      assertThat(headers.size()).isEqualTo(peer.isTrusted() ? 7 : 1);
    }
  }
}
