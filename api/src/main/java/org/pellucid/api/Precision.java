package org.pellucid.api;

import java.util.Arrays;
import java.util.Locale;

/**
 * The arithmetic in which a backend runs a network.
 *
 * @since 0.1.0
 */
public enum Precision {
  /** IEEE binary32 throughout. */
  FLOAT32,
  /** IEEE binary64 throughout. */
  FLOAT64,
  /** binary32 storage, products of 10-bit mantissas on tensor cores. */
  TF32,
  /** Products of bfloat16 on tensor cores, binary32 sums; storage is bfloat16 or binary32. */
  BF16;

  /** The name users write: {@code float32}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The precision of a name that a user wrote.
   *
   * @throws InvalidRequestException if there is none of that name
   */
  public static Precision of(String id) {
    return Arrays.stream(values())
        .filter(p -> p.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "No precision is called \""
                        + id
                        + "\"; there are float32, float64, tf32, bf16"));
  }
}
