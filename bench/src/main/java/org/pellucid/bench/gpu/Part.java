package org.pellucid.bench.gpu;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.bench.Networks;
import org.pellucid.core.Registry;

/**
 * A part of the check, done in a process of its own, so that what it spoils or how long it takes is
 * no other part's matter. What says most comes first.
 */
enum Part {
  /** Differences to stored results. */
  COMPARE(60) {
    @Override
    void run(CheckOptions options, Report report) {
      GradientBackend backend = backend(options);
      Comparison.compare(backend, on(backend, options), options.networks(), report);
    }
  },
  /** Times in tf32. */
  TIMES_TF32(45) {
    @Override
    void run(CheckOptions options, Report report) {
      times(options, Precision.TF32, report);
    }
  },
  /** Times in float32. */
  TIMES_FLOAT32(45) {
    @Override
    void run(CheckOptions options, Report report) {
      times(options, Precision.FLOAT32, report);
    }
  },
  /** Times in bf16. */
  TIMES_BF16(45) {
    @Override
    void run(CheckOptions options, Report report) {
      times(options, Precision.BF16, report);
    }
  },
  /** PyTorch's times, by a script. */
  PYTORCH(75) {
    @Override
    void run(CheckOptions options, Report report) {
      Program python =
          new Program(List.of(options.python(), options.script(), options.networkNames()));
      try {
        OptionalInt code = python.run(seconds(options), line -> Lines.read(line, report));
        if (code.orElse(0) != 0) {
          report.note("PyTorch was not timed to the end: " + python + " ended with code " + code);
        }
      } catch (IOException e) {
        report.note("PyTorch was not timed: " + e.getMessage());
      }
    }
  },
  /** The backend contract of the testkit. */
  CONTRACT(120) {
    @Override
    void run(CheckOptions options, Report report) {
      System.setProperty(CardContract.BACKEND, options.backend());
      Contract.run(CardContract.class, options.backend(), report);
    }
  },
  /** Times of PyTorch through DJL. */
  DJL(45) {
    @Override
    void run(CheckOptions options, Report report) {
      GradientBackend djl = Registry.ofClassPath().backend("djl");
      Availability availability = djl.availability();
      Optional<Device> card =
          djl.devices().stream().filter(device -> device.kind() == Device.Kind.GPU).findFirst();
      if (card.isPresent()) {
        Times.measure(djl, LoadOptions.DEFAULT.with(card.get()), options.networks(), report);
      } else {
        report.note(
            "djl was not timed: "
                + (availability.available()
                    ? "PyTorch's library here has no graphics card (" + availability.detail() + ")"
                    : availability.detail()));
      }
    }
  },
  /** Which kernels take how long. */
  KERNELS(60) {
    @Override
    void run(CheckOptions options, Report report) {
      GradientBackend backend = backend(options);
      for (Precision precision : List.of(Precision.TF32, Precision.FLOAT32)) {
        for (Networks network : options.networks()) {
          KernelTimes.tell(backend, on(backend, options).with(precision), network, report);
        }
      }
    }
  },
  /** Times in float64. */
  TIMES_FLOAT64(60) {
    @Override
    void run(CheckOptions options, Report report) {
      times(options, Precision.FLOAT64, report);
    }
  };

  /** What is done unless something else is asked for. */
  static final List<Part> USUAL =
      List.of(COMPARE, TIMES_TF32, TIMES_FLOAT32, TIMES_BF16, PYTORCH, CONTRACT, DJL);

  private final int seconds;

  Part(int seconds) {
    this.seconds = seconds;
  }

  /** Does it, in this process. */
  abstract void run(CheckOptions options, Report report);

  /** How long it may take where all the usual parts may take {@link CheckOptions#seconds}. */
  final double seconds(CheckOptions options) {
    return (double) seconds * options.seconds() / usualSeconds();
  }

  static int usualSeconds() {
    return USUAL.stream().mapToInt(part -> part.seconds).sum();
  }

  /** As on the command line. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Part of(String text) {
    return Arrays.stream(values())
        .filter(part -> part.text().equals(text))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("There is no part " + text + ", only " + names()));
  }

  static String names() {
    return Arrays.stream(values()).map(Part::text).collect(Collectors.joining(","));
  }

  static GradientBackend backend(CheckOptions options) {
    return Registry.ofClassPath().backend(options.backend());
  }

  static LoadOptions on(GradientBackend backend, CheckOptions options) {
    return LoadOptions.DEFAULT.with(backend.device(options.device()).orElseThrow());
  }

  private static void times(CheckOptions options, Precision precision, Report report) {
    GradientBackend backend = backend(options);
    if (backend.precisions().contains(precision)) {
      Times.measure(backend, on(backend, options).with(precision), options.networks(), report);
    } else {
      report.note(
          backend.id() + " has no " + precision.id() + " here: " + backend.availability().detail());
    }
  }
}
