package org.pellucid.backend.cuda.emulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.pellucid.backend.cuda.CudaResult;

/** What all calls of the emulated driver share: cards, contexts, and what went wrong last. */
final class EmulatedState {
  private final EmulatedCard card;
  private final GlobalMemory[] memories;
  private final GridRunner[] runners;
  private final Faults faults = new Faults();
  private final Map<Long, EmulatedContext> contexts = new HashMap<>();
  private final ThreadLocal<Deque<Long>> current = ThreadLocal.withInitial(ArrayDeque::new);
  private long handles = 1000;
  private String lastError = "";

  EmulatedState(EmulatedCard card) {
    this.card = card;
    this.memories = new GlobalMemory[card.cards()];
    this.runners = new GridRunner[card.cards()];
    for (int i = 0; i < card.cards(); i++) {
      memories[i] = new GlobalMemory(card.memoryBytes());
      runners[i] = new GridRunner(card, memories[i]);
    }
  }

  EmulatedCard card() {
    return card;
  }

  GlobalMemory memory(int device) {
    return memories[device];
  }

  GlobalMemory memory(EmulatedContext context) {
    return memories[context.device()];
  }

  GridRunner runner(EmulatedContext context) {
    return runners[context.device()];
  }

  Faults faults() {
    return faults;
  }

  /** A number that no other handle has. */
  synchronized long handle() {
    return handles++;
  }

  /** Remembers what a call has to say. */
  synchronized void error(String text) {
    lastError = text;
  }

  synchronized Optional<String> lastError() {
    return lastError.isEmpty() ? Optional.empty() : Optional.of(lastError);
  }

  // ---- contexts ----

  synchronized int openContexts() {
    return contexts.size();
  }

  /** Makes a context, the thread's current one. */
  synchronized long make(int device) {
    long handle = handle();
    contexts.put(handle, new EmulatedContext(device));
    current.get().push(handle);
    return handle;
  }

  /** Forgets a context, and gives it back; empty if there is none. */
  synchronized Optional<EmulatedContext> remove(long handle) {
    current.get().remove(handle);
    return Optional.ofNullable(contexts.remove(handle));
  }

  /** Makes a context the thread's current one; false if there is none. */
  synchronized boolean push(long handle) {
    if (!contexts.containsKey(handle)) {
      return false;
    }
    current.get().push(handle);
    return true;
  }

  /** The context before the current one becomes that again. */
  Optional<Long> pop() {
    return Optional.ofNullable(current.get().poll());
  }

  /** The thread's current context; empty if it has none. */
  synchronized Optional<EmulatedContext> current() {
    return Optional.ofNullable(current.get().peek()).map(contexts::get);
  }

  // ---- calls ----

  /** A call that needs a context, and finds out what went wrong before it. */
  synchronized int inContext(ToIntFunction<EmulatedContext> call) {
    Optional<EmulatedContext> context = current();
    if (context.isEmpty()) {
      return CudaResult.INVALID_CONTEXT.code();
    }
    if (faults.takeLoss()) {
      lastError = "the card has fallen off the bus, as a test asked for";
      contexts.values().forEach(lost -> lost.spoil(CudaResult.UNKNOWN));
    }
    return context
        .get()
        .spoiled()
        .map(CudaResult::code)
        .orElseGet(() -> call.applyAsInt(context.get()));
  }

  /** A call that cannot be recorded. */
  int unrecorded(ToIntFunction<EmulatedContext> call) {
    return inContext(
        context -> {
          if (context.records()) {
            context.spoilRecording();
            return CudaResult.STREAM_CAPTURE_UNSUPPORTED.code();
          }
          return call.applyAsInt(context);
        });
  }

  /** Work of the stream: done now, or recorded. */
  int onStream(Runnable work) {
    return inContext(
        context -> {
          if (context.records()) {
            context.record(work);
          } else {
            run(context, work);
          }
          return 0;
        });
  }

  private void run(EmulatedContext context, Runnable work) {
    try {
      work.run();
    } catch (Trap trap) {
      lastError = trap.getMessage();
      context.spoil(trap.result());
    }
  }
}
