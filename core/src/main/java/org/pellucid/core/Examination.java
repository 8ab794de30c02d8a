package org.pellucid.core;

import com.google.common.base.Supplier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.Tensor;

/**
 * One image and one target on one backend, for any number of methods, layers and selections. They
 * share their passes: what one of them has asked of the network is remembered for the others. To be
 * used by one thread at a time, while the {@link Pellucid} that made it is open.
 *
 * <pre>{@code
 * Subject subject = pellucid.prepare("cat.png", SourceImage.read(file));
 * Examination cat = pellucid.examine(subject, Target.top(), layers, Progress.NONE);
 * Explanation one = cat.explain(Request.DEFAULT.withMethod("grad-cam"));
 * Explanation two = cat.explain(Request.DEFAULT.withMethod("grad-cam++"));   // no further pass
 * }</pre>
 */
public final class Examination {
  private final Pellucid pellucid;
  private final Subject subject;
  private final Tap reads;
  private final Supplier<Tensor> scores;
  private final StandardProbe probe;
  private Prediction predicted;

  /**
   * An examination.
   *
   * @param reads the tensor that the target reads
   * @param scores the model's scores of the subject
   */
  Examination(
      Pellucid pellucid, Subject subject, Tap reads, Supplier<Tensor> scores, StandardProbe probe) {
    this.pellucid = pellucid;
    this.subject = subject;
    this.reads = reads;
    this.scores = scores;
    this.probe = probe;
  }

  /** The questions that methods ask, for whoever asks more about the same image and target. */
  public ModelProbe probe() {
    return probe;
  }

  /** The target, resolved: which class it is no longer depends on the scores. */
  public Target target() {
    return probe.target();
  }

  /** The resolved target and what it reads, to be explained elsewhere, too. */
  public TargetChoice choice() {
    return TargetChoice.of(probe.target()).reading(reads);
  }

  /** The class with the highest score: what the model says that the subject is. */
  public Prediction predicted() {
    if (predicted == null) {
      predicted = pellucid.head().first(scores());
    }
    return predicted;
  }

  private Tensor scores() {
    return reads.equals(pellucid.scores()) ? probe.scores() : scores.get();
  }

  /** What is explained, with the score that it has here. */
  public Prediction prediction() {
    if (reads.equals(pellucid.scores())) {
      return pellucid.head().prediction(probe.scores(), probe.target());
    }
    double value = probe.target().value(probe.scores().toDoubleArray());
    String description = probe.target().describe() + " of " + reads.tensor();
    return new Prediction(-1, Optional.of(description), value, Double.NaN);
  }

  /**
   * Explains by a method, at a layer.
   *
   * @param request which method, options, layer and selection; its target is not looked at
   * @throws org.pellucid.api.InvalidRequestException if the request names what the model or this
   *     software does not have
   * @throws org.pellucid.api.CancelledException if the thread is interrupted
   */
  public Explanation explain(Request request) {
    return explain(pellucid.resolve(request));
  }

  /**
   * The map of {@link #explain(Request)} alone, without what it takes to make it again: for who
   * asks for many.
   */
  public Saliency saliency(Request request) {
    ResolvedRequest resolved = pellucid.resolve(request);
    return saliency(resolved, subject.toInput(request.pixels()));
  }

  private Saliency saliency(ResolvedRequest request, List<Region> pixels) {
    List<Saliency> maps = new ArrayList<>();
    for (Layer layer : request.layers()) {
      Selection one = request.selection(List.of(layer), pixels);
      maps.add(request.explainer().explain(probe, one, request.options()));
    }
    return fusion(request)
        .map(rule -> rule.fuse(maps, request.layers()))
        .orElseGet(() -> maps.get(0));
  }

  private static Optional<Fusion> fusion(ResolvedRequest request) {
    return request.request().fusion().filter(rule -> request.layers().size() > 1);
  }

  Explanation explain(ResolvedRequest request) {
    List<Region> pixels = subject.toInput(request.request().pixels());
    long start = System.nanoTime();
    Saliency saliency = saliency(request, pixels);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Explanation(
        saliency,
        predicted(),
        prediction(),
        request.layers(),
        fusion(request),
        request.selection(request.layers(), pixels),
        pellucid.loadOptions().precision(),
        pellucid.provenance(subject, request),
        seconds,
        subject.image(),
        subject.image().isPresent() ? Optional.empty() : Optional.of(probe.inputMaps()),
        subject.geometry());
  }
}
