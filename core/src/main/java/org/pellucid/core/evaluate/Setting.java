package org.pellucid.core.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.pellucid.api.InvalidRequestException;

/**
 * A method or metric with its options, as users write them: {@code insertion}, {@code
 * smooth-grad-cam++:samples=5:noise=0.1}.
 *
 * @param id of the method or metric
 * @param options as users write them, by name, in their order; what is not named is at its default
 */
public record Setting(String id, Map<String, String> options) {
  /** Copies the options. */
  public Setting {
    Objects.requireNonNull(id, "id");
    options = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** Everything at its default. */
  public static Setting of(String id) {
    return new Setting(id, Map.of());
  }

  /**
   * Reads an id with options, colons between.
   *
   * @throws InvalidRequestException if it is not of this form, or names an option twice
   */
  public static Setting parse(String text) {
    String[] parts = text.strip().split(":", -1);
    Map<String, String> options = new LinkedHashMap<>();
    boolean wrong = parts[0].isBlank();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      wrong |=
          equals < 1
              || options.put(parts[i].substring(0, equals), parts[i].substring(equals + 1)) != null;
    }
    if (wrong) {
      throw new InvalidRequestException(
          "An id with options is written as smooth-grad-cam++:samples=5:noise=0.1, found \""
              + text
              + "\"");
    }
    return new Setting(parts[0], options);
  }

  /** The same with another option. */
  public Setting with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(name, String.valueOf(value));
    return new Setting(id, more);
  }

  /** As {@link #parse} reads it; what results are listed under. */
  public String name() {
    StringBuilder name = new StringBuilder(id);
    options.forEach((option, value) -> name.append(':').append(option).append('=').append(value));
    return name.toString();
  }
}
