package org.pellucid.backend.cuda;

/**
 * Launches and copies that were recorded once and run again at the cost of one launch, with the
 * arguments and addresses that they had. Made by {@link CudaContext#capture}; closing twice is
 * safe.
 */
public final class CudaGraph implements AutoCloseable {
  private final CudaContext context;
  private final CudaGraphCalls calls;
  private final long executable;
  private boolean closed;

  private CudaGraph(CudaContext context, CudaGraphCalls calls, long executable) {
    this.context = context;
    this.calls = calls;
    this.executable = executable;
  }

  /** Within a use of the context. */
  static CudaGraph capture(CudaContext context, Runnable work) {
    CudaGraphCalls calls =
        context
            .driver()
            .graphCalls()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "This driver cannot record launches; that needs CUDA 11.4 or newer"));
    // Only what this thread does is of interest, and only it is kept from what cannot be recorded.
    int threadLocal = 1;
    context.check(
        calls.cuStreamBeginCapture(context.stream(), threadLocal), "cuStreamBeginCapture");
    long[] graph = new long[1];
    int ended;
    boolean whole = false;
    context.capturing(true);
    try {
      work.run();
      whole = true;
    } finally {
      context.capturing(false);
      ended = calls.cuStreamEndCapture(context.stream(), graph);
      if (!whole && graph[0] != 0) {
        calls.cuGraphDestroy(graph[0]);
      }
    }
    context.check(ended, "cuStreamEndCapture");
    long[] executable = new long[1];
    int made = calls.cuGraphInstantiateWithFlags(executable, graph[0], 0);
    calls.cuGraphDestroy(graph[0]);
    context.check(made, "cuGraphInstantiateWithFlags");
    return new CudaGraph(context, calls, executable[0]);
  }

  /**
   * Runs what was recorded, after what the context was given before; does not wait.
   *
   * @throws IllegalStateException if it was closed
   */
  public void launch() {
    try (CudaContext.Use use = context.use()) {
      if (closed) {
        throw new IllegalStateException("A recorded graph is used after it was closed");
      }
      context.check(calls.cuGraphLaunch(executable, context.stream()), "cuGraphLaunch");
    }
  }

  /** With the context current. */
  void free() {
    closed = true;
    calls.cuGraphExecDestroy(executable);
  }

  @Override
  public void close() {
    if (!closed) {
      context.freeing(
          () -> {
            if (!closed) {
              context.freed(this);
              free();
            }
          });
    }
  }
}
