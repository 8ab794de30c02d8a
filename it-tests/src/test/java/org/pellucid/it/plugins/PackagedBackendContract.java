package org.pellucid.it.plugins;

import java.nio.file.Path;
import org.pellucid.api.GradientBackend;
import org.pellucid.core.Registry;
import org.pellucid.testkit.GradientBackendContract;

/** The contract, for a backend of a plugin directory; run by {@link ContractRun} alone. */
final class PackagedBackendContract extends GradientBackendContract {
  /** Loaded once: a JVM cannot have natives twice. */
  private static final Registry REGISTRY =
      System.getProperty(ContractRun.PLUGINS) == null
          ? Registry.ofClassPath()
          : Registry.withPlugins(Path.of(System.getProperty(ContractRun.PLUGINS)));

  @Override
  protected GradientBackend backend() {
    return REGISTRY.backend(System.getProperty(ContractRun.BACKEND));
  }
}
