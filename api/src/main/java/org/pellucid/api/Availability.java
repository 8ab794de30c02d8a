package org.pellucid.api;

/**
 * Whether a backend can be used here.
 *
 * @param available true when it can
 * @param detail its version and natives when available, otherwise the reason in a sentence a user
 *     can act on
 * @since 0.1.0
 */
public record Availability(boolean available, String detail) {
  /** It can be used. */
  public static Availability yes(String detail) {
    return new Availability(true, detail);
  }

  /** It cannot, and why. */
  public static Availability no(String reason) {
    return new Availability(false, reason);
  }
}
