package org.pellucid.cli;

import org.pellucid.core.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionLine implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"pellucid " + Version.current()};
  }
}
