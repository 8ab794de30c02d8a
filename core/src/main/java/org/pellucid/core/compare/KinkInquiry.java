package org.pellucid.core.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.CancelledException;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Progress;
import org.pellucid.api.Tap;
import org.pellucid.core.Explanation;
import org.pellucid.core.Foreseen;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.Subject;
import org.pellucid.core.TargetChoice;

/**
 * Finds out, for one image, target and layer, whether kinks explain differences of float32 maps.
 * What was found of a method on a backend is remembered.
 */
final class KinkInquiry {
  private final Subject subject;
  private final TargetChoice target;
  private final Supplier<Pellucid> precise;
  private final double tolerance;
  private final Progress progress;
  private final Map<List<String>, Finding> findings = new HashMap<>();

  /**
   * An inquiry.
   *
   * @param precise the model in float64, asked for when it is needed
   * @param tolerance of values, gradients and maps, as a part of the largest
   */
  KinkInquiry(
      Subject subject,
      TargetChoice target,
      Supplier<Pellucid> precise,
      double tolerance,
      Progress progress) {
    this.subject = subject;
    this.target = target;
    this.precise = precise;
    this.tolerance = tolerance;
    this.progress = progress;
  }

  /**
   * What was found of one method on one backend.
   *
   * @param givenShown whether values, gradients and sides were shown to be right
   * @param mapShown whether the map was, too
   */
  private record Finding(
      boolean givenShown,
      boolean mapShown,
      double worst,
      Set<String> operations,
      long switched,
      String sentence) {
    /** Whether what the method was given is that of double precision, sides and all. */
    boolean isPrecise() {
      return givenShown && switched == 0 && worst <= SideWitness.ROUNDING;
    }
  }

  /** Looks into the difference of one method's maps on two backends. */
  Settlement settle(
      Request request, Pellucid first, Explanation here, Pellucid second, Explanation there) {
    Finding one = finding(request, first, here);
    Finding other = finding(request, second, there);
    Set<String> operations = new LinkedHashSet<>(one.operations());
    operations.addAll(other.operations());
    long switched = one.switched() + other.switched();
    List<String> sentences = new ArrayList<>(List.of(one.sentence(), other.sentence()));
    Verdict verdict = Verdict.DISAGREES;
    if (one.isPrecise() && other.isPrecise()) {
      verdict = Verdict.SENSITIVE;
      sentences.add(
          String.format(
              Locale.ROOT,
              "Both give the method what double precision does, to %.1e of the largest, and no unit"
                  + " stands on another side: the method magnifies rounding.",
              Math.max(one.worst(), other.worst())));
    } else if (one.givenShown() && one.mapShown() && other.givenShown() && other.mapShown()) {
      if (switched > 0) {
        verdict = Verdict.KINK;
      } else {
        sentences.add("No unit stands on another side than in double precision: it is no kink.");
      }
    }
    return new Settlement(verdict, List.copyOf(operations), switched, List.copyOf(sentences));
  }

  private Finding finding(Request request, Pellucid pellucid, Explanation explanation) {
    List<String> key =
        List.of(
            explanation.provenance().method(),
            pellucid.backend().id(),
            explanation.layers().stream().map(layer -> layer.tap().tensor()).toList().toString());
    Finding known = findings.get(key);
    if (known == null) {
      known = look(request, pellucid, explanation);
      findings.put(key, known);
    }
    return known;
  }

  private Finding look(Request request, Pellucid pellucid, Explanation explanation) {
    String backend = pellucid.backend().id();
    Set<Tap> layers = new LinkedHashSet<>();
    explanation.layers().forEach(layer -> layers.add(layer.tap()));
    try {
      Pellucid exact = precise.get();
      Set<Tap> taps = new LinkedHashSet<>(layers);
      taps.add(pellucid.reads(target));
      LoadedModel model = pellucid.model(taps);
      SideWitness witness =
          new SideWitness(model, exact.model(taps), pellucid.reads(target).tensor(), tolerance);
      Explanation again =
          pellucid
              .examine(witness, subject, target, new Foreseen(layers, layers), progress)
              .get(0)
              .explain(request);
      double relative =
          MapAgreement.relative(
              explanation.saliency().map().toDoubleArray(), again.saliency().map().toDoubleArray());
      return finding(backend, exact.backend().id(), witness, relative);
    } catch (CancelledException e) {
      throw e;
    } catch (RuntimeException e) {
      // Whatever it was that stood in the way, nothing was shown, and nothing is excused.
      return new Finding(
          false,
          false,
          Double.NaN,
          Set.of(),
          0,
          backend + ": it could not be looked into: " + e.getMessage());
    }
  }

  /**
   * Sums up.
   *
   * @param relative the difference of the map from that of double precision on the same sides
   */
  private Finding finding(String backend, String exact, SideWitness witness, double relative) {
    Set<String> objections = new LinkedHashSet<>(witness.objections());
    boolean mapShown = relative <= tolerance;
    if (!mapShown) {
      objections.add(
          String.format(
              Locale.ROOT,
              "the map differs from that of double precision on the same sides by %.1e of the"
                  + " largest",
              relative));
    }
    String units =
        String.format(
            Locale.ROOT,
            "%d %s on other sides than in double precision (by %s) over %d %s",
            witness.switched(),
            witness.switched() == 1 ? "unit stands" : "units stand",
            exact,
            witness.samples(),
            witness.samples() == 1 ? "image" : "images");
    String sentence =
        objections.isEmpty()
            ? backend + ": right for its own sides; " + units + ", all of them at rounding level."
            : backend
                + ": not right even for its own sides: "
                + String.join("; ", objections)
                + ".";
    return new Finding(
        witness.objections().isEmpty(),
        mapShown,
        witness.worst(),
        Set.copyOf(witness.operations()),
        witness.switched(),
        sentence);
  }
}
