package org.pellucid.core.evaluate;

import com.google.common.base.Suppliers;
import java.util.List;
import java.util.function.Supplier;
import org.pellucid.api.Inputs;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Saliency;
import org.pellucid.api.Trial;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** A contender's map of a scene. */
final class ExaminedTrial implements Trial {
  private final Scene scene;
  private final Contender contender;
  private final Answers answers = new Answers();
  private final Saliency saliency;
  private final Supplier<Tensor> signed;
  private final Supplier<Tensor> shown;

  ExaminedTrial(Scene scene, Contender contender, InputMaps maps, Saliency saliency) {
    this.scene = scene;
    this.contender = contender;
    this.saliency = saliency;
    this.signed = Suppliers.memoize(() -> maps.signed(saliency.map()));
    this.shown = Suppliers.memoize(() -> maps.shown(saliency.map()));
  }

  @Override
  public Saliency saliency() {
    return saliency;
  }

  @Override
  public Tensor signed() {
    return signed.get();
  }

  @Override
  public Tensor shown() {
    return shown.get();
  }

  @Override
  public ModelProbe probe() {
    return scene.examination().probe();
  }

  @Override
  public double confidence() {
    ModelProbe probability = scene.probability();
    return probability.target().value(probability.scores().toDoubleArray());
  }

  @Override
  public double[] confidences(Inputs variants) {
    ModelProbe probability = scene.probability();
    return probability.scoresOf(probability.variants(variants));
  }

  @Override
  public List<ObjectMask> objects() {
    return scene.objects();
  }

  @Override
  public long seed() {
    return scene.seed();
  }

  @Override
  public Saliency explain(Inputs changed, int index) {
    return contender.explain(scene.examine(changed, index), scene.seed());
  }

  @Override
  public <T> T once(Object question, Class<T> type, Supplier<T> answer) {
    return answers.once(question, type, answer);
  }

  @Override
  public <T> T onceForImage(Object question, Class<T> type, Supplier<T> answer) {
    return scene.ofImage().once(question, type, answer);
  }

  @Override
  public boolean isSeeded() {
    return contender.isSeeded();
  }

  @Override
  public Saliency explain(long seed) {
    if (!isSeeded()) {
      throw new IllegalStateException(contender.name() + " draws nothing");
    }
    return contender.withSeed(seed).explain(scene.examination(), seed);
  }

  @Override
  public Saliency explain(Object key, Supplier<ModelGraph> network) {
    return contender.explain(scene.examine(key, network), scene.seed());
  }

  @Override
  public Shape space() {
    return scene.subject().space();
  }
}
