package org.pellucid.api;

/**
 * The version of what plugins implement and use of the application: the packages {@code
 * org.pellucid.api}, {@code org.pellucid.graph} and {@code org.pellucid.onnx}. It follows <a
 * href="https://semver.org">Semantic Versioning</a> on its own, apart from the version of Pellucid:
 * before 1.0.0 the second number grows when a plugin of before might no longer work.
 *
 * <p>A plugin declares what it was made for as {@code plugin.requires=^0.1.0} in its {@code
 * plugin.properties}, and is refused where that does not hold.
 *
 * @since 0.1.0
 */
public final class SpiVersion {
  /** The version of these contracts. The parent POM has the same, for the plugins built here. */
  public static final String CURRENT = "0.1.0";

  private SpiVersion() {}
}
