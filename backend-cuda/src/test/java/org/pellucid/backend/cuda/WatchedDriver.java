package org.pellucid.backend.cuda;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Goes between a driver and who calls it: counts calls, makes one of them fail, and keeps a ledger
 * of what was made and not freed. For one context at a time.
 */
final class WatchedDriver implements InvocationHandler {
  /** How a call fails. */
  enum Failure {
    /** It is not done, and all is as it was; what frees has freed, and tells a failure besides. */
    REFUSED,
    /** It reports that a kernel left its memory, and so does all that follows in its context. */
    POISONED
  }

  /** What must be freed. */
  enum Kind {
    CONTEXT,
    STREAM,
    MEMORY,
    PINNED,
    MODULE,
    GRAPH,
    EXECUTABLE
  }

  /** What ends with a context. */
  private static final Set<Kind> OF_CONTEXT =
      Set.of(Kind.STREAM, Kind.MEMORY, Kind.PINNED, Kind.MODULE);

  private static final Map<String, Kind> MAKES =
      Map.of(
          "cuCtxCreate", Kind.CONTEXT,
          "cuStreamCreate", Kind.STREAM,
          "cuMemAlloc", Kind.MEMORY,
          "cuMemHostAlloc", Kind.PINNED,
          "cuModuleLoadDataEx", Kind.MODULE,
          "cuGraphInstantiateWithFlags", Kind.EXECUTABLE);

  private static final Map<String, Kind> FREES =
      Map.of(
          "cuCtxDestroy", Kind.CONTEXT,
          "cuStreamDestroy", Kind.STREAM,
          "cuMemFree", Kind.MEMORY,
          "cuMemFreeHost", Kind.PINNED,
          "cuGraphDestroy", Kind.GRAPH,
          "cuGraphExecDestroy", Kind.EXECUTABLE);

  private final Object target;
  private final Ledger ledger;

  /** What all calls write in. */
  private static final class Ledger {
    private final Map<Kind, Set<Long>> open = new EnumMap<>(Kind.class);
    private final List<String> calls = new ArrayList<>();
    private final Set<Long> missing = new HashSet<>();
    private int failing;
    private Failure failure;
    private boolean poisoned;

    Ledger() {
      for (Kind kind : Kind.values()) {
        open.put(kind, new HashSet<>());
      }
    }
  }

  private WatchedDriver(Object target, Ledger ledger) {
    this.target = target;
    this.ledger = ledger;
  }

  /** Watches a driver. */
  static WatchedDriver of(CudaDriver driver) {
    return new WatchedDriver(driver, new Ledger());
  }

  /** The driver, watched. */
  CudaDriver driver() {
    return proxy(CudaDriver.class, this);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Makes the n-th call from now fail, counted from 1; none for 0. Forgets the calls so far. */
  void fail(int n, Failure how) {
    ledger.calls.clear();
    ledger.failing = n;
    ledger.failure = how;
  }

  /** From now on there is no memory for allocations of these sizes. */
  void refuse(long... bytes) {
    LongStream.of(bytes).forEach(ledger.missing::add);
  }

  /** The calls since {@link #fail}. */
  List<String> calls() {
    return ledger.calls;
  }

  /** How many things of a kind were not freed. */
  int open(Kind kind) {
    return ledger.open.get(kind).size();
  }

  /** What was not freed; empty where all was. */
  Map<Kind, Set<Long>> open() {
    Map<Kind, Set<Long>> left = new EnumMap<>(ledger.open);
    left.values().removeIf(Set::isEmpty);
    return left;
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    if (name.equals("graphCalls")) {
      return ((CudaDriver) target)
          .graphCalls()
          .map(calls -> proxy(CudaGraphCalls.class, new WatchedDriver(calls, ledger)));
    }
    if (!name.startsWith("cu")) {
      return call(method, arguments);
    }
    ledger.calls.add(name);
    boolean fails = ledger.calls.size() == ledger.failing;
    if (name.equals("cuMemAlloc") && ledger.missing.contains(arguments[1])) {
      return CudaResult.OUT_OF_MEMORY.code();
    }
    boolean inContext = !name.matches("cuInit|cuDriver.*|cuDevice.*|cuCtx.*|cuGraph.*Destroy");
    ledger.poisoned |= fails && inContext && ledger.failure == Failure.POISONED;
    int result = 0;
    if (ledger.poisoned && (fails || inContext)) {
      result = CudaResult.ILLEGAL_ADDRESS.code();
    } else if (fails) {
      boolean memory = name.endsWith("Alloc");
      result = (memory ? CudaResult.OUT_OF_MEMORY : CudaResult.INVALID_VALUE).code();
    }
    boolean frees = FREES.containsKey(name) && !(ledger.poisoned && inContext);
    if (result == 0 || frees || name.equals("cuCtxPopCurrent")) {
      int done = (Integer) call(method, arguments);
      result = result == 0 ? done : result;
      record(name, arguments, done);
    } else if (name.equals("cuStreamEndCapture")) {
      // Whatever it answers, it ends the recording.
      call(method, arguments);
      ((long[]) arguments[1])[0] = 0;
    }
    return result;
  }

  private Object call(Method method, Object... arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void record(String name, Object[] arguments, int done) {
    if (done != 0) {
      return;
    }
    Optional.ofNullable(MAKES.get(name))
        .ifPresent(kind -> ledger.open.get(kind).add(((long[]) arguments[0])[0]));
    if (name.equals("cuStreamEndCapture")) {
      ledger.open.get(Kind.GRAPH).add(((long[]) arguments[1])[0]);
    }
    Kind freed = FREES.get(name);
    if (freed != null) {
      ledger.open.get(freed).remove((Long) arguments[0]);
    }
    if (freed == Kind.CONTEXT) {
      ledger.poisoned = false;
      OF_CONTEXT.forEach(kind -> ledger.open.get(kind).clear());
    }
  }
}
