package org.pellucid.testkit;

import org.junit.jupiter.api.AfterEach;
import org.pellucid.api.GradientBackend;

/** The whole contract on an engine that checks what it is promised, and leaks nothing. */
class StrictBackendContractTest extends GradientBackendContract {
  private final StrictBackend backend = new StrictBackend();

  @Override
  protected GradientBackend backend() {
    return backend;
  }

  @AfterEach
  void promisesWereKept() {
    backend.assertClosed();
  }
}
