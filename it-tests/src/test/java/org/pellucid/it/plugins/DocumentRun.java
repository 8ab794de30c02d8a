package org.pellucid.it.plugins;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The work of {@link DocumentsIT}: runs the main methods and the tests of the documents. */
final class DocumentRun {
  private DocumentRun() {}

  /** Takes names of classes, each with the place in a document: {@code CLASS=PLACE}. */
  public static void main(String[] arguments) {
    boolean well = true;
    for (String argument : arguments) {
      String name = argument.replaceFirst("=.*", "");
      try {
        Class<?> type = Class.forName(name);
        if (name.endsWith("Test")) {
          well &= test(type, argument);
        } else {
          var main = type.getDeclaredMethod("main", String[].class);
          main.setAccessible(true);
          main.invoke(null, (Object) new String[0]);
        }
      } catch (Exception | LinkageError e) {
        System.out.println("FAILED " + argument);
        e.printStackTrace(System.out);
        well = false;
      }
    }
    System.exit(well ? 0 : 1);
  }

  private static boolean test(Class<?> type, String argument) {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(type))
            .build(),
        summary);
    long succeeded = summary.getSummary().getTestsSucceededCount();
    boolean well = succeeded > 0 && succeeded == summary.getSummary().getTestsFoundCount();
    if (!well) {
      System.out.println("FAILED " + argument);
      summary
          .getSummary()
          .printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    }
    return well;
  }
}
