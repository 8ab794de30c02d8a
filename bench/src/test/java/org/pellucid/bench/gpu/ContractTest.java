package org.pellucid.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** How the tests of a class are counted and told. */
class ContractTest {
  /**
   * Three tests, of which one fails: not found by the build, which takes names that end in Test.
   */
  static class Three {
    @Test
    void passes() {}

    @Test
    void fails() {
      throw new AssertionError("wrong number");
    }

    @Test
    void isAborted() {
      abort("not here");
    }

    @Test
    @Disabled
    void isSkipped() {}
  }

  /** Nothing to run. */
  static class Empty {}

  /** Breaks before any test. */
  static class Broken {
    Broken() {
      throw new IllegalStateException("cannot begin");
    }

    @Test
    void never() {}
  }

  private static Table run(Class<?> tests) {
    Table table = new Table();
    Contract.run(tests, "card", table);
    return table;
  }

  @Test
  void testsAreCounted() {
    Table table = run(Three.class);
    assertThat(table.failed()).isTrue();
    assertThat(table.text("card"))
        .contains("| contract | tests passed |  | 1 of 2, 2 skipped |")
        .contains("- FAILED: fails() of the contract: java.lang.AssertionError: wrong number");
  }

  @Test
  void nothingIsNoSuccess() {
    assertThat(run(Empty.class).failed()).isTrue();
    assertThat(run(Broken.class).text("card")).contains("cannot begin");
  }
}
