package org.pellucid.core;

import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
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
  private final StandardProbe probe;

  Examination(Pellucid pellucid, Subject subject, StandardProbe probe) {
    this.pellucid = pellucid;
    this.subject = subject;
    this.probe = probe;
  }

  /** The target, resolved: which class it is no longer depends on the scores. */
  public Target target() {
    return probe.target();
  }

  /** What is explained, with the score that it has here. */
  public Prediction prediction() {
    return pellucid.head().prediction(probe.scores(), probe.target());
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

  Explanation explain(ResolvedRequest request) {
    Selection selection = request.selection(subject.toInput(request.request().pixels()));
    long start = System.nanoTime();
    Saliency saliency = request.explainer().explain(probe, selection, request.options());
    double seconds = (System.nanoTime() - start) / 1e9;
    Tensor scores = probe.scores();
    return new Explanation(
        saliency,
        pellucid.head().ranked(scores).get(0),
        pellucid.head().prediction(scores, probe.target()),
        request.layer(),
        selection,
        pellucid.loadOptions().precision(),
        pellucid.provenance(subject, request),
        seconds,
        subject.image(),
        subject.geometry());
  }
}
