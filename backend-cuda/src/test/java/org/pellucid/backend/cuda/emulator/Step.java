package org.pellucid.backend.cuda.emulator;

/** An instruction, ready to run for some threads of a block at once. */
@FunctionalInterface
interface Step {
  void run(Lanes lanes);

  /** One that treats each thread by itself. */
  interface EachLane extends Step {
    /**
     * Runs for neighbours; a plain loop, which the JIT turns into vector instructions. Each
     * instruction writes its own: a loop that they share calls something for each thread, which was
     * three to four times as slow.
     */
    void run(int from, int to);

    @Override
    default void run(Lanes lanes) {
      for (int run = 0; run < lanes.runs(); run++) {
        run(lanes.from(run), lanes.to(run));
      }
    }
  }

  /** One that treats each warp as a whole. */
  interface EachWarp extends Step {
    /**
     * Runs for a warp.
     *
     * @param first the thread that is its lane 0
     * @param mask a bit for each lane that takes part
     */
    void run(int first, int mask);

    @Override
    default void run(Lanes lanes) {
      int last = (lanes.to(lanes.runs() - 1) - 1) / Lanes.WARP;
      for (int warp = lanes.from(0) / Lanes.WARP; warp <= last; warp++) {
        int mask = lanes.mask(warp);
        if (mask != 0) {
          run(warp * Lanes.WARP, mask);
        }
      }
    }
  }
}
