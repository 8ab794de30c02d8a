package org.pellucid.backend.cuda;

/**
 * The calls of the driver that record what a stream is given and play it again at the cost of one
 * launch. Drivers before CUDA 11.4 lack some of them.
 */
public interface CudaGraphCalls {
  /** From now on what the stream is given is recorded and not run. */
  int cuStreamBeginCapture(long stream, int mode);

  /** Ends the recording. */
  int cuStreamEndCapture(long stream, long[] graph);

  /** Makes a recording ready to run. */
  int cuGraphInstantiateWithFlags(long[] executable, long graph, long flags);

  /** Runs a recording. */
  int cuGraphLaunch(long executable, long stream);

  /** Frees what was made ready to run. */
  int cuGraphExecDestroy(long executable);

  /** Frees a recording. */
  int cuGraphDestroy(long graph);
}
