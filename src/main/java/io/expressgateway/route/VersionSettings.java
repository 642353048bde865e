package io.expressgateway.route;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How requests carry their API version, as Spring Cloud Gateway's {@code version.*} settings say.
 * The places are asked in the order of the components; the first that gives a text decides.
 *
 * @param headerName a request header; null for none
 * @param requestParamName a query parameter; null for none
 * @param mediaType the media type whose parameter is asked, in Accept and then in Content-Type;
 *     null for none
 * @param mediaTypeParamName the parameter of that media type; null for none
 * @param pathSegment the index of a path segment, from 0; null for none
 * @param defaultVersion the version of a request that carries none; null for none
 * @param required whether a request without a version is an error
 * @param supportedVersions versions that are accepted
 * @param detectSupportedVersions whether the versions of the table's Version predicates are
 *     accepted too
 */
public record VersionSettings(
    @Nullable String headerName,
    @Nullable String requestParamName,
    @Nullable String mediaType,
    @Nullable String mediaTypeParamName,
    @Nullable Integer pathSegment,
    @Nullable String defaultVersion,
    boolean required,
    List<String> supportedVersions,
    boolean detectSupportedVersions) {

  /** No version anywhere: Version predicates hold for every request. */
  public static final VersionSettings NONE =
      new VersionSettings(null, null, null, null, null, null, false, List.of(), true);

  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException with a sentence for the operator: a version that is none, a
   *     default beside {@code required}, a negative path segment, one half of the media type pair
   */
  public VersionSettings {
    supportedVersions = List.copyOf(supportedVersions);
    supportedVersions.forEach(VersionSettings::check);
    if (defaultVersion != null) {
      check(defaultVersion);
      if (required) {
        throw new IllegalArgumentException(
            "version.required and version.default-version exclude each other; remove one");
      }
    }
    if (pathSegment != null && pathSegment < 0) {
      throw new IllegalArgumentException("version.path-segment is negative; count from 0");
    }
    if ((mediaType == null) != (mediaTypeParamName == null)) {
      throw new IllegalArgumentException(
          "version.media-type and version.media-type-param-name go together; set both");
    }
  }

  private static void check(String version) {
    if (ApiVersion.parse(version) == null) {
      throw new IllegalArgumentException(
          "'" + version + "' is no version; write one to three numbers, such as 1.2");
    }
  }

  /** Whether requests can carry a version at all. */
  public boolean isEnabled() {
    return headerName != null
        || requestParamName != null
        || mediaType != null
        || pathSegment != null;
  }

  /** The version text that a request carries; null for none. */
  @Nullable String textOf(RequestHead head) {
    String text = headerName == null ? null : head.headers().get(headerName);
    String query = head.query();
    if (text == null && requestParamName != null && query != null) {
      text = QueryParameters.first(query, requestParamName);
    }
    if (text == null && mediaType != null && mediaTypeParamName != null) {
      text = mediaTypeParameter(head.headers(), mediaType, mediaTypeParamName);
    }
    if (text == null && pathSegment != null) {
      text = pathSegment(head.path(), pathSegment);
    }
    return text;
  }

  /** The version of a request, the default included; null when it has none or an unreadable one. */
  @Nullable ApiVersion versionOf(RequestHead head) {
    if (!isEnabled()) {
      return null;
    }
    String text = textOf(head);
    String version = text == null ? defaultVersion : text;
    return version == null ? null : ApiVersion.parse(version);
  }

  private static @Nullable String mediaTypeParameter(
      HeaderBlock headers, String mediaType, String parameter) {
    for (String accept : headers.all("Accept")) {
      for (String range : accept.split(",")) {
        if (isCompatible(range, mediaType)) {
          return parameter(range, parameter);
        }
      }
    }
    String content = headers.get("Content-Type");
    return content != null && isCompatible(content, mediaType)
        ? parameter(content, parameter)
        : null;
  }

  private static boolean isCompatible(String range, String mediaType) {
    int semicolon = range.indexOf(';');
    String type = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
    int slash = mediaType.indexOf('/');
    return type.equals("*/*")
        || type.equalsIgnoreCase(mediaType)
        || (slash > 0 && type.equalsIgnoreCase(mediaType.substring(0, slash) + "/*"));
  }

  private static @Nullable String parameter(String range, String name) {
    String[] parts = range.split(";");
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0 && parts[i].substring(0, equals).strip().equalsIgnoreCase(name)) {
        return parts[i].substring(equals + 1).strip().replace("\"", "");
      }
    }
    return null;
  }

  private static @Nullable String pathSegment(String path, int index) {
    int pos = 0;
    for (int seen = 0; pos < path.length(); ) {
      int end = PathPattern.segmentEnd(path, pos);
      if (end > pos && seen++ == index) {
        return path.substring(pos, end);
      }
      pos = Math.max(end, pos + 1);
    }
    return null;
  }
}
