package org.pellucid.backend.cuda.emulator;

import java.util.OptionalInt;
import org.pellucid.backend.cuda.ComputeCapability;

/**
 * What the emulator pretends to be.
 *
 * @param capability of each card
 * @param driverVersion the newest CUDA version that the driver knows: 13000 is 13.0
 * @param cards how many there are
 * @param memoryBytes of each card
 * @param recordsGraphs whether launches can be recorded
 * @param checksRaces whether races in shared memory are looked for, which takes two to three times
 *     as long
 * @param workers how many threads run blocks
 * @param mostSteps instructions after which a block is taken to run for ever
 */
public record EmulatedCard(
    ComputeCapability capability,
    int driverVersion,
    int cards,
    long memoryBytes,
    boolean recordsGraphs,
    boolean checksRaces,
    int workers,
    long mostSteps) {

  private static final int PROCESSORS = 2;

  static final int SHARED_BYTES = 48 << 10;
  static final int SHARED_BYTES_OPT_IN = 227 << 10;
  static final int THREADS_PER_BLOCK = 1024;

  /** The {@code CUdevice_attribute}s that are asked for. */
  OptionalInt attribute(int attribute) {
    return switch (attribute) {
      case 1 -> OptionalInt.of(THREADS_PER_BLOCK);
      case 8 -> OptionalInt.of(SHARED_BYTES);
      case 16 -> OptionalInt.of(PROCESSORS);
      case 75 -> OptionalInt.of(capability.major());
      case 76 -> OptionalInt.of(capability.minor());
      case 97 -> OptionalInt.of(SHARED_BYTES_OPT_IN);
      default -> OptionalInt.empty();
    };
  }

  /** A card with all that the kernels use, and 1 GiB. */
  public static EmulatedCard hopper() {
    return new EmulatedCard(
        new ComputeCapability(9, 0),
        13000,
        1,
        1L << 30,
        true,
        false,
        Runtime.getRuntime().availableProcessors(),
        1L << 32);
  }

  /** Of another generation. */
  public EmulatedCard withCapability(int major, int minor) {
    return new EmulatedCard(
        new ComputeCapability(major, minor),
        driverVersion,
        cards,
        memoryBytes,
        recordsGraphs,
        checksRaces,
        workers,
        mostSteps);
  }

  /** With a driver of another CUDA version. */
  public EmulatedCard withDriverVersion(int version) {
    return new EmulatedCard(
        capability, version, cards, memoryBytes, recordsGraphs, checksRaces, workers, mostSteps);
  }

  /** As many cards, all alike. */
  public EmulatedCard withCards(int count) {
    return new EmulatedCard(
        capability,
        driverVersion,
        count,
        memoryBytes,
        recordsGraphs,
        checksRaces,
        workers,
        mostSteps);
  }

  /** With as much memory. */
  public EmulatedCard withMemory(long bytes) {
    return new EmulatedCard(
        capability, driverVersion, cards, bytes, recordsGraphs, checksRaces, workers, mostSteps);
  }

  /** With a driver that cannot record launches. */
  public EmulatedCard withoutGraphs() {
    return new EmulatedCard(
        capability, driverVersion, cards, memoryBytes, false, checksRaces, workers, mostSteps);
  }

  /** That looks for races. */
  public EmulatedCard withRaceCheck() {
    return new EmulatedCard(
        capability, driverVersion, cards, memoryBytes, recordsGraphs, true, workers, mostSteps);
  }

  /** That gives up on a block earlier. */
  public EmulatedCard withMostSteps(long steps) {
    return new EmulatedCard(
        capability, driverVersion, cards, memoryBytes, recordsGraphs, checksRaces, workers, steps);
  }
}
