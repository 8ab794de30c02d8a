package org.pellucid.backend.cuda.emulator;

import java.util.Optional;
import org.pellucid.backend.cuda.CudaResult;

/** Failures that a test asks for. */
public final class Faults {
  private int allocationsUntilFailure;
  private int launchesUntilFailure;
  private CudaResult launchResult;
  private boolean contextLost;

  Faults() {}

  /** The n-th allocation from now, counted from 1, finds no memory. */
  public synchronized void failAllocation(int n) {
    allocationsUntilFailure = n;
  }

  /**
   * The n-th launch from now, counted from 1, fails.
   *
   * @param result how; one that spoils the context shows only at the next call
   */
  public synchronized void failLaunch(int n, CudaResult result) {
    launchesUntilFailure = n;
    launchResult = result;
  }

  /** Contexts that work now answer the next call that the card is not there any more. */
  public synchronized void loseContext() {
    contextLost = true;
  }

  synchronized boolean allocationFails() {
    return allocationsUntilFailure > 0 && --allocationsUntilFailure == 0;
  }

  synchronized Optional<CudaResult> launchFails() {
    return launchesUntilFailure > 0 && --launchesUntilFailure == 0
        ? Optional.of(launchResult)
        : Optional.empty();
  }

  synchronized boolean takeLoss() {
    boolean lost = contextLost;
    contextLost = false;
    return lost;
  }
}
