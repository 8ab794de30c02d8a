package org.pellucid.core;

import java.util.Optional;

/** The version of this software, from its jar. */
public final class Version {
  private Version() {}

  /** As {@code 0.1.0}, or {@code development} where it does not run from a jar. */
  public static String current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
