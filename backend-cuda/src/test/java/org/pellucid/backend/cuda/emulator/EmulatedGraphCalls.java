package org.pellucid.backend.cuda.emulator;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.pellucid.backend.cuda.CudaGraphCalls;
import org.pellucid.backend.cuda.CudaResult;

/** Recording of launches and copies: what is recorded keeps its arguments. */
final class EmulatedGraphCalls implements CudaGraphCalls {
  private final EmulatedState state;
  private final Map<Long, List<Runnable>> recordings = new ConcurrentHashMap<>();

  EmulatedGraphCalls(EmulatedState state) {
    this.state = state;
  }

  @Override
  public int cuStreamBeginCapture(long stream, int mode) {
    return state.unrecorded(
        context -> {
          context.beginRecording();
          return 0;
        });
  }

  @Override
  public int cuStreamEndCapture(long stream, long[] graph) {
    return state.inContext(
        context -> {
          if (!context.records()) {
            return CudaResult.INVALID_VALUE.code();
          }
          Optional<List<Runnable>> recorded = context.endRecording();
          if (recorded.isEmpty()) {
            return CudaResult.STREAM_CAPTURE_INVALIDATED.code();
          }
          graph[0] = state.handle();
          recordings.put(graph[0], recorded.get());
          return 0;
        });
  }

  @Override
  public int cuGraphInstantiateWithFlags(long[] executable, long graph, long flags) {
    return state.unrecorded(
        context -> {
          executable[0] = state.handle();
          recordings.put(executable[0], recordings.get(graph));
          return 0;
        });
  }

  @Override
  public int cuGraphLaunch(long executable, long stream) {
    List<Runnable> work = recordings.get(executable);
    if (work == null) {
      return CudaResult.INVALID_VALUE.code();
    }
    return state.onStream(() -> work.forEach(Runnable::run));
  }

  @Override
  public int cuGraphExecDestroy(long executable) {
    return recordings.remove(executable) == null ? CudaResult.INVALID_VALUE.code() : 0;
  }

  @Override
  public int cuGraphDestroy(long graph) {
    return recordings.remove(graph) == null ? CudaResult.INVALID_VALUE.code() : 0;
  }
}
