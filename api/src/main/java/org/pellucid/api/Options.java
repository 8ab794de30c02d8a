package org.pellucid.api;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The values of an explainer's options: each one's default unless it was set. Immutable.
 *
 * @since 0.1.0
 */
public final class Options {
  /** Every option at its default. */
  public static final Options DEFAULTS = new Options(Map.of());

  private final Map<Option<?>, Object> values;

  private Options(Map<Option<?>, Object> values) {
    this.values = values;
  }

  /**
   * Reads values that a user wrote.
   *
   * @param declared the explainer's options
   * @param texts values by option name
   * @throws InvalidRequestException if a name is not declared, or a value not allowed
   */
  public static Options parse(Collection<Option<?>> declared, Map<String, String> texts) {
    Map<Option<?>, Object> values = new LinkedHashMap<>();
    texts.forEach(
        (name, text) -> {
          Option<?> option =
              declared.stream()
                  .filter(candidate -> candidate.name().equals(name))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new InvalidRequestException(
                              "No option is called \""
                                  + name
                                  + "\"; there are "
                                  + declared.stream()
                                      .map(Option::name)
                                      .collect(Collectors.joining(", "))));
          values.put(option, option.parse(text));
        });
    return new Options(values);
  }

  /** The same with one option set. */
  public <T> Options with(Option<T> option, T value) {
    Map<Option<?>, Object> changed = new LinkedHashMap<>(values);
    changed.put(option, option.parse(Option.text(value)));
    return new Options(changed);
  }

  /** The value of an option. */
  public <T> T get(Option<T> option) {
    Object value = values.get(option);
    return value == null ? option.defaultValue() : option.type().cast(value);
  }

  /** All values of the declared options as users write them, by name. */
  public Map<String, String> describe(List<Option<?>> declared) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Option<?> option : declared) {
      texts.put(option.name(), Option.text(get(option)));
    }
    return texts;
  }
}
