package org.pellucid.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.InvalidRequestException;

/** Options of methods as {@code --option} takes them. */
final class Settings {
  private Settings() {}

  /**
   * Values by name.
   *
   * @param texts each as {@code NAME=VALUE}
   */
  static Map<String, String> read(List<String> texts) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new InvalidRequestException("--option takes NAME=VALUE, found \"" + text + "\"");
      }
      put(values, text.substring(0, equals), text.substring(equals + 1));
    }
    return values;
  }

  /** Sets an option, unless the value is null; not to two different values. */
  static void put(Map<String, String> options, String name, String value) {
    if (value == null) {
      return;
    }
    String before = options.put(name, value);
    if (before != null && !before.equals(value)) {
      throw new InvalidRequestException(
          "Option " + name + " was given twice, as " + before + " and as " + value);
    }
  }
}
