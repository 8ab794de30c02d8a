package org.pellucid.it.plugins;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * The work of {@link BackendContractsIT}: runs the contract with JUnit in this JVM. Prints how many
 * tests succeeded, and of the others why not.
 */
final class ContractRun {
  static final String BACKEND = "it.backend";
  static final String PLUGINS = "it.plugins";

  private ContractRun() {}

  /** Takes the id of a backend, and the plugin directory unless it is on the class path. */
  public static void main(String[] arguments) {
    System.setProperty(BACKEND, arguments[0]);
    if (arguments.length > 1) {
      System.setProperty(PLUGINS, arguments[1]);
    }
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(PackagedBackendContract.class))
            .build(),
        summary);
    long others =
        summary.getSummary().getTestsFoundCount() - summary.getSummary().getTestsSucceededCount();
    summary.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    System.out.println(
        summary.getSummary().getTestsSucceededCount() + " succeeded, " + others + " did not");
    System.exit(others == 0 ? 0 : 1);
  }
}
