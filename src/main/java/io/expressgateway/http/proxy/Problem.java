package io.expressgateway.http.proxy;

import io.expressgateway.filter.LocalResponse;
import io.expressgateway.http.Why;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The gateway's own failure answers as problem documents (RFC 9457), made once per reason. */
final class Problem {

  private static final Map<Why, LocalResponse> ANSWERS = new EnumMap<>(Why.class);

  static {
    for (Why why : Why.values()) {
      if (why.status() != 0) {
        ANSWERS.put(why, answer(why));
      }
    }
  }

  private Problem() {}

  private static LocalResponse answer(Why why) {
    String body =
        "{\"type\":\"about:blank\",\"title\":\""
            + io.netty.handler.codec.http.HttpResponseStatus.valueOf(why.status()).reasonPhrase()
            + "\",\"status\":"
            + why.status()
            + ",\"detail\":\""
            + why.sentence()
            + "\",\"why\":\""
            + why.code()
            + "\"}\n";
    return new LocalResponse(
        why.status(), List.of(Map.entry("Content-Type", "application/problem+json")), body);
  }

  /** The answer to this failure; only for reasons that have a status. */
  static LocalResponse of(Why why) {
    LocalResponse answer = ANSWERS.get(why);
    if (answer == null) {
      throw new IllegalStateException(why + " has no answer");
    }
    return answer;
  }
}
