package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code AddRequestHeadersIfNotPresent=name:value, name:value}: adds the fields of each name that
 * has no value yet. Several pairs of one name are added together; blank values count as none.
 */
final class AddRequestHeadersIfNotPresent implements HttpFilter {

  private final Map<String, List<Template>> fields = new LinkedHashMap<>();

  AddRequestHeadersIfNotPresent(Arguments arguments) {
    List<String> pairs = arguments.list("keyValues");
    for (String pair : pairs == null ? List.<String>of() : pairs) {
      // Exactly one colon, as Spring Cloud Gateway's converter has it.
      String[] parts = pair.strip().split(":");
      if (parts.length != 2) {
        throw arguments.refuse("keyValues", pair, "write name:value, without a further colon");
      }
      String name = arguments.headerName("keyValues", parts[0]);
      if (Framing.owns(name)) {
        throw arguments.refuse(
            "keyValues", pair, "it delimits the body, which only the gateway may; remove it");
      }
      fields.computeIfAbsent(name, _ -> new ArrayList<>()).add(Template.compile(parts[1]));
    }
    if (fields.isEmpty()) {
      throw arguments.refuse("keyValues", "", "write at least one name:value");
    }
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    List<String> absent = new ArrayList<>(fields.size());
    for (String name : fields.keySet()) {
      if (RequestHeaders.all(request, name).stream().allMatch(String::isBlank)) {
        absent.add(name);
      }
    }
    // Decided before the first is added: two spellings of one name are both added, as there.
    for (String name : absent) {
      for (Template value : fields.getOrDefault(name, List.of())) {
        RequestHeaders.add(request, name, value.expand(exchange));
      }
    }
  }
}
