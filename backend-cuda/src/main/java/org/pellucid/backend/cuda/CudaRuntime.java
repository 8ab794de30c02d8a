package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.api.BackendException;
import org.pellucid.api.InvalidRequestException;

/**
 * A driver that was started, and its cards.
 *
 * <p>The system property {@code pellucid.cuda.devices} chooses and orders the cards: numbers or
 * beginnings of UUIDs, separated by commas ({@code 1,GPU-5d3e}). {@code gpu:0} is then the first of
 * them. Without it they are those that the driver shows, in its order, which {@code
 * CUDA_VISIBLE_DEVICES} in the environment decides.
 *
 * <p>The {@link #system} keeps a closed context of each card, with what the driver takes of the
 * card's memory for it, as making one takes a tenth of a second.
 */
public final class CudaRuntime {
  /** The system property that chooses cards. */
  public static final String DEVICES = "pellucid.cuda.devices";

  private static final String NO_CARD =
      "The NVIDIA driver finds no graphics card: see whether nvidia-smi lists one, whether"
          + " CUDA_VISIBLE_DEVICES in the environment hides it, and whether the container was given"
          + " it";

  private static final AtomicReference<CudaRuntime> SYSTEM = new AtomicReference<>();

  private static final int PROCESSORS = 16;
  private static final int THREADS_PER_BLOCK = 1;
  private static final int SHARED_BYTES_PER_BLOCK = 8;
  private static final int SHARED_BYTES_OPT_IN = 97;
  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;

  private final CudaDriver driver;
  private final int version;
  private final List<CudaDevice> devices;
  private final boolean keeping;
  private final Map<CudaDevice, CardMemory> memories = new ConcurrentHashMap<>();

  /** Of each card the context that nobody uses, for who asks next. */
  private final Map<CudaDevice, DriverContext> spare = new HashMap<>();

  private CudaRuntime(CudaDriver driver, int version, List<CudaDevice> devices, boolean keeping) {
    this.driver = driver;
    this.version = version;
    this.devices = devices;
    this.keeping = keeping;
  }

  /**
   * The system's driver, started at the first call. What is missing is looked for again at the next
   * call.
   *
   * @throws BackendException saying what is missing and what would help
   */
  public static CudaRuntime system() {
    synchronized (SYSTEM) {
      CudaRuntime known = SYSTEM.get();
      if (known == null) {
        known = startSystem(JnaCudaDriver.load());
        SYSTEM.set(known);
      }
      return known;
    }
  }

  /** Starts a driver, and says what to do where that fails. */
  static CudaRuntime startSystem(CudaDriver driver) {
    CudaRuntime runtime;
    try {
      runtime = start(driver, true);
    } catch (CudaException e) {
      throw new BackendException(remedy(e), e);
    }
    if (runtime.devices.isEmpty()) {
      throw new BackendException(NO_CARD);
    }
    return runtime;
  }

  private static String remedy(CudaException failure) {
    return CudaResult.of(failure.code())
        .map(
            result ->
                switch (result) {
                  case STUB_LIBRARY ->
                      "The library that was loaded as the NVIDIA driver is the CUDA toolkit's stub,"
                          + " which only serves to build programs: take .../stubs out of"
                          + " LD_LIBRARY_PATH, or name the driver's library with -D"
                          + JnaCudaDriver.LIBRARY
                          + "=PATH";
                  case NO_DEVICE -> NO_CARD;
                  case SYSTEM_DRIVER_MISMATCH ->
                      "The NVIDIA driver was updated and its old half still runs: restart the"
                          + " machine, or in a container take the host's driver";
                  case COMPAT_NOT_SUPPORTED_ON_DEVICE ->
                      "CUDA's forward compatibility library does not work with this card: remove"
                          + " .../compat from LD_LIBRARY_PATH";
                  case SYSTEM_NOT_READY ->
                      "The NVIDIA driver waits for a service of this machine: start"
                          + " nvidia-fabricmanager";
                  default -> null;
                })
        .orElse("The NVIDIA driver does not start: " + failure.getMessage());
  }

  /**
   * Starts a driver and looks at its cards.
   *
   * @throws CudaException if a call fails
   * @throws BackendException if the property {@value #DEVICES} names cards that are not there
   */
  public static CudaRuntime start(CudaDriver driver) {
    return start(driver, false);
  }

  /**
   * The same.
   *
   * @param keeping whether a context of each card is kept when it is closed, with the kernels that
   *     were loaded, for who opens one next
   */
  static CudaRuntime start(CudaDriver driver, boolean keeping) {
    CudaFailures failures = new CudaFailures(driver);
    failures.check(driver.cuInit(0), "cuInit");
    int[] version = new int[1];
    failures.check(driver.cuDriverGetVersion(version), "cuDriverGetVersion");
    int[] count = new int[1];
    failures.check(driver.cuDeviceGetCount(count), "cuDeviceGetCount");
    List<CudaDevice> found = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      found.add(device(driver, failures, i));
    }
    return new CudaRuntime(driver, version[0], chosen(found, System.getProperty(DEVICES)), keeping);
  }

  private static CudaDevice device(CudaDriver driver, CudaFailures failures, int ordinal) {
    int[] handle = new int[1];
    failures.check(driver.cuDeviceGet(handle, ordinal), "cuDeviceGet");
    byte[] name = new byte[256];
    failures.check(driver.cuDeviceGetName(name, name.length, handle[0]), "cuDeviceGetName");
    byte[] uuid = new byte[16];
    failures.check(driver.cuDeviceGetUuid(uuid, handle[0]), "cuDeviceGetUuid");
    long[] bytes = new long[1];
    failures.check(driver.cuDeviceTotalMem(bytes, handle[0]), "cuDeviceTotalMem");
    IntUnaryOperator attribute =
        number -> {
          int[] value = new int[1];
          failures.check(
              driver.cuDeviceGetAttribute(value, number, handle[0]), "cuDeviceGetAttribute");
          return value[0];
        };
    return new CudaDevice(
        ordinal,
        handle[0],
        text(name),
        new ComputeCapability(
            attribute.applyAsInt(CAPABILITY_MAJOR), attribute.applyAsInt(CAPABILITY_MINOR)),
        bytes[0],
        uuid(uuid),
        new CudaDevice.Limits(
            attribute.applyAsInt(PROCESSORS),
            attribute.applyAsInt(THREADS_PER_BLOCK),
            attribute.applyAsInt(SHARED_BYTES_PER_BLOCK),
            attribute.applyAsInt(SHARED_BYTES_OPT_IN)));
  }

  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.US_ASCII);
  }

  private static String uuid(byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(bytes);
    return "GPU-" + new UUID(words.getLong(), words.getLong());
  }

  private static List<CudaDevice> chosen(List<CudaDevice> found, String wanted) {
    if (wanted == null || wanted.isBlank()) {
      return List.copyOf(found);
    }
    List<CudaDevice> chosen = new ArrayList<>();
    for (String name : wanted.split(",")) {
      chosen.add(named(found, name.strip()));
    }
    return List.copyOf(chosen);
  }

  private static CudaDevice named(List<CudaDevice> devices, String name) {
    List<CudaDevice> matches =
        devices.stream()
            .filter(
                device ->
                    name.matches("\\d+")
                        ? name.equals(Integer.toString(device.ordinal()))
                        : device.isCalled(name))
            .toList();
    if (matches.size() != 1) {
      throw new BackendException(
          "\""
              + name
              + "\" in the property "
              + DEVICES
              + " names "
              + (matches.isEmpty() ? "no card" : matches.size() + " cards")
              + "; there are "
              + devices.stream().map(device -> device.ordinal() + ": " + device).toList());
    }
    return matches.get(0);
  }

  /** The newest CUDA version that the driver knows: {@code 13.0}. */
  public String version() {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /**
   * Where among the {@link #devices} the card of a UUID stands, or of a UUID's beginning.
   *
   * @return empty where there is none
   * @throws InvalidRequestException if there are several
   */
  Optional<Integer> position(String uuid) {
    List<Integer> matches =
        IntStream.range(0, devices.size())
            .filter(i -> devices.get(i).isCalled(uuid))
            .boxed()
            .toList();
    if (matches.size() > 1) {
      throw new InvalidRequestException(
          "\"" + uuid + "\" is the beginning of the UUIDs of several cards: " + devices);
    }
    return matches.stream().findFirst();
  }

  /** The cards, as chosen. */
  public List<CudaDevice> devices() {
    return devices;
  }

  /**
   * Makes a context on a card, to be closed by the caller.
   *
   * @throws CudaException if the driver does not
   */
  public CudaContext open(CudaDevice device) {
    DriverContext own = takeSpare(device);
    return new CudaContext(
        own == null ? DriverContext.make(driver, device) : own, memory(device), this::keep);
  }

  private DriverContext takeSpare(CudaDevice device) {
    synchronized (spare) {
      return spare.remove(device);
    }
  }

  /** Keeps a context that nobody uses any more; false where it is to be ended. */
  private boolean keep(DriverContext context) {
    synchronized (spare) {
      return keeping && spare.putIfAbsent(context.device(), context) == null;
    }
  }

  /** Ends what is kept. */
  void endSpare() {
    synchronized (spare) {
      spare.values().forEach(DriverContext::destroy);
      spare.clear();
    }
  }

  /** What is allocated on a card through this runtime. */
  CardMemory memory(CudaDevice device) {
    return memories.computeIfAbsent(device, card -> new CardMemory());
  }

  /** Version and cards in a few words. */
  @Override
  public String toString() {
    return "CUDA " + version() + " on " + devices;
  }
}
