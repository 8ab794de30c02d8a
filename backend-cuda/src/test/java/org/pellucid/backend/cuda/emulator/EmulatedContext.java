package org.pellucid.backend.cuda.emulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.backend.cuda.CudaResult;

/** A context of the emulated driver: what it owns, and what spoiled it. */
final class EmulatedContext {
  private final int device;
  private final Set<Long> allocations = new HashSet<>();
  private final Set<Long> pinned = new HashSet<>();
  private CudaResult spoiled;
  private List<Runnable> recording;
  private boolean recordingSpoiled;

  EmulatedContext(int device) {
    this.device = device;
  }

  int device() {
    return device;
  }

  Set<Long> allocations() {
    return allocations;
  }

  Set<Long> pinned() {
    return pinned;
  }

  /** What every call answers from now on. */
  void spoil(CudaResult result) {
    spoiled = result;
  }

  Optional<CudaResult> spoiled() {
    return Optional.ofNullable(spoiled);
  }

  boolean records() {
    return recording != null;
  }

  void beginRecording() {
    recording = new ArrayList<>();
    recordingSpoiled = false;
  }

  /** Something was called that cannot be recorded. */
  void spoilRecording() {
    recordingSpoiled = true;
  }

  void record(Runnable work) {
    recording.add(work);
  }

  /** What was recorded; empty if the recording was spoiled. */
  Optional<List<Runnable>> endRecording() {
    List<Runnable> recorded = recording;
    recording = null;
    return recordingSpoiled ? Optional.empty() : Optional.of(recorded);
  }
}
