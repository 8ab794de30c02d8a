package org.pellucid.it;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.pellucid.api.Availability;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;

/** The backends of the class path, and where tests run them. */
public final class Backends {
  private Backends() {}

  /** All of them, whether they can be used here or not. */
  public static Stream<GradientBackend> all() {
    return ServiceLoader.load(GradientBackend.class).stream().map(ServiceLoader.Provider::get);
  }

  /** Those that can be used here, under their ids. */
  public static Stream<Named<GradientBackend>> available() {
    return all()
        .filter(backend -> backend.availability().available())
        .map(backend -> Named.of(backend.id(), backend));
  }

  /** One by its id. */
  public static GradientBackend of(String id) {
    return all().filter(backend -> backend.id().equals(id)).findFirst().orElseThrow();
  }

  /** Skips a test, with the reason, where a backend cannot be used. */
  public static void assumeAvailable(GradientBackend backend) {
    Availability availability = backend.availability();
    assumeThat(availability.available()).as(availability.detail()).isTrue();
  }

  /** The default, but on the device that the backend puts first: not all have the CPU. */
  public static LoadOptions options(GradientBackend backend) {
    return LoadOptions.DEFAULT.with(backend.devices().get(0));
  }
}
