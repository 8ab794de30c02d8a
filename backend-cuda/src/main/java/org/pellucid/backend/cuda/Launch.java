package org.pellucid.backend.cuda;

import java.util.List;

/**
 * A kernel with all that it is launched with.
 *
 * @param kernel its name
 * @param grid blocks
 * @param block threads of a block
 * @param parameters in the kernel's order
 * @param purpose what it computes, for messages
 */
record Launch(String kernel, Dim3 grid, Dim3 block, List<Parameters> parameters, String purpose)
    implements Step {
  /** Threads of a block where nothing asks for another number. */
  static final int THREADS = 256;

  /** Enough blocks to keep any card busy; a thread does several elements of larger tensors. */
  private static final int MOST_BLOCKS = 4096;

  Launch {
    parameters = List.copyOf(parameters);
  }

  /** A kernel that does so many elements, in a loop that fits any grid. */
  static Launch over(long elements, String kernel, String purpose, Parameters... parameters) {
    long blocks = Math.min(MOST_BLOCKS, (elements + THREADS - 1) / THREADS);
    return new Launch(
        kernel,
        Dim3.of((int) Math.max(1, blocks)),
        Dim3.of(THREADS),
        List.of(parameters),
        purpose);
  }

  @Override
  public List<Place> places() {
    return parameters.stream().flatMap(parameter -> parameter.places().stream()).toList();
  }

  @Override
  public void run(Run run) {
    run.launch(this);
  }
}
