package org.pellucid.api;

import java.util.Objects;
import java.util.function.Function;

/**
 * A setting of an explainer: the command line, files and documentation read these.
 *
 * @param name as users write it, lower case with hyphens: {@code noise-level}
 * @param type the Java type of its value: Integer, Long, Double, Boolean, an enum, or a class whose
 *     {@code toString} is what users write
 * @param defaultValue the value when nothing is said
 * @param range which values are allowed, for a person: {@code 1 to 10000}, {@code logit | exp}
 * @param meaning one sentence
 * @param source the paper or specification the setting or its default comes from, or empty
 * @param parser makes and checks a value from text; throws IllegalArgumentException if it is not
 *     allowed
 * @param <T> the value's type
 * @since 0.1.0
 */
public record Option<T>(
    String name,
    Class<T> type,
    T defaultValue,
    String range,
    String meaning,
    String source,
    Function<String, T> parser) {
  /** All parts are required. */
  public Option {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(defaultValue, "defaultValue");
    Objects.requireNonNull(parser, "parser");
  }

  /** A whole number within bounds. */
  public static Option<Integer> integer(
      String name, int defaultValue, int min, int max, String meaning, String source) {
    return new Option<>(
        name,
        Integer.class,
        defaultValue,
        min + " to " + max,
        meaning,
        source,
        text -> {
          int value = Integer.parseInt(text.trim());
          if (value < min || value > max) {
            throw new IllegalArgumentException("out of range");
          }
          return value;
        });
  }

  /** A 64-bit whole number. */
  public static Option<Long> wholeNumber(
      String name, long defaultValue, String meaning, String source) {
    return new Option<>(
        name,
        Long.class,
        defaultValue,
        "any whole number",
        meaning,
        source,
        text -> Long.parseLong(text.trim()));
  }

  /** A finite number within bounds. */
  public static Option<Double> number(
      String name, double defaultValue, double min, double max, String meaning, String source) {
    String range = max == Double.POSITIVE_INFINITY ? "at least " + min : min + " to " + max;
    return new Option<>(
        name,
        Double.class,
        defaultValue,
        range,
        meaning,
        source,
        text -> {
          double value = Double.parseDouble(text.trim());
          if (!(value >= min && value <= max) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("out of range");
          }
          return value;
        });
  }

  /** One of an enum's constants, written lower case with hyphens. */
  public static <E extends Enum<E>> Option<E> choice(
      String name, E defaultValue, String meaning, String source) {
    Class<E> type = defaultValue.getDeclaringClass();
    StringBuilder range = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      range.append(range.length() == 0 ? "" : " | ").append(text(constant));
    }
    return new Option<>(
        name,
        type,
        defaultValue,
        range.toString(),
        meaning,
        source,
        text -> {
          for (E constant : type.getEnumConstants()) {
            if (text(constant).equals(text.trim())) {
              return constant;
            }
          }
          throw new IllegalArgumentException("unknown");
        });
  }

  /** What kind of value it takes, for a person: {@code whole number}, {@code choice}. */
  public String kind() {
    if (type == Integer.class || type == Long.class) {
      return "whole number";
    }
    if (type == Double.class || type == Float.class) {
      return "number";
    }
    if (type == Boolean.class) {
      return "true or false";
    }
    return type.isEnum() ? "choice" : "text";
  }

  /** A value as users write it. */
  public static String text(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')
        : String.valueOf(value);
  }

  /**
   * Reads a value.
   *
   * @throws InvalidRequestException naming the option, the text and the range
   */
  public T parse(String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "Option " + name + " was given \"" + text + "\"; it takes " + range);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Option<?> option && name.equals(option.name) && type == option.type;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
