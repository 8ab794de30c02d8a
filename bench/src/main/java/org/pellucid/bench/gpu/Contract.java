package org.pellucid.bench.gpu;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a class of JUnit's tests, and tells after each how many there were. */
final class Contract implements TestExecutionListener {
  private static final int MOST_TOLD = 10;

  private final String column;
  private final Report report;
  private int passed;
  private int failed;
  private int skipped;

  private Contract(String column, Report report) {
    this.column = column;
    this.report = report;
  }

  /** Runs all tests of a class; its cell counts them. */
  static void run(Class<?> tests, String column, Report report) {
    Contract contract = new Contract(column, report);
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(tests))
                .build(),
            contract);
    contract.tell("");
    if (contract.passed + contract.failed == 0) {
      report.failure("No test of the contract ran");
    }
    if (contract.failed > MOST_TOLD) {
      report.note((contract.failed - MOST_TOLD) + " more tests of the contract failed");
    }
  }

  private void tell(String end) {
    report.cell(
        new Report.Row("contract", "tests passed", ""),
        column,
        passed
            + " of "
            + (passed + failed)
            + (skipped > 0 ? ", " + skipped + " skipped" : "")
            + end);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (!test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
      return;
    }
    switch (result.getStatus()) {
      case SUCCESSFUL -> passed++;
      case ABORTED -> skipped++;
      default -> {
        failed++;
        if (failed <= MOST_TOLD) {
          report.failure(
              test.getDisplayName()
                  + " of the contract: "
                  + result.getThrowable().map(Throwable::toString).orElse("failed"));
        }
      }
    }
    tell(" so far");
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped++;
  }
}
