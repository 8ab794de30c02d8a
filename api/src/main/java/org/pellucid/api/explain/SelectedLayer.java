package org.pellucid.api.explain;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerActivations;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.MapSelection;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.NeuronSelection.Role;
import org.pellucid.api.Region;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;

/**
 * A selection that fits a layer: which of its feature maps and cells take part in what. Whoever
 * makes one has checked the selection.
 *
 * @since 0.1.0
 */
public final class SelectedLayer {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final Shape shape;
  private final MapSelection maps;
  private final Field neurons;
  private final Role role;

  private SelectedLayer(Shape shape, MapSelection maps, Field neurons, Role role) {
    this.shape = shape;
    this.maps = maps;
    this.neurons = neurons;
    this.role = role;
  }

  /**
   * The one layer of a selection.
   *
   * @throws InvalidRequestException if it has several
   */
  public static Tap layerOf(Selection selection) {
    if (selection.layers().size() != 1) {
      throw new InvalidRequestException(
          "This method explains one layer at a time, found "
              + selection.layers().size()
              + ": "
              + selection.layers().stream().map(Tap::tensor).toList());
    }
    return selection.layers().get(0);
  }

  /**
   * Fits a selection to its one layer, before anything is asked of that.
   *
   * @throws InvalidRequestException if it has several, or names feature maps or cells that the
   *     layer has not
   */
  public static SelectedLayer of(Selection selection, ModelProbe probe) {
    Tap tap = layerOf(selection);
    return of(selection, tap, probe.shape(tap), probe);
  }

  /**
   * Fits a selection to a layer.
   *
   * @throws InvalidRequestException if it names feature maps or cells that the layer has not
   */
  public static SelectedLayer of(Selection selection, LayerCapture capture, ModelProbe probe) {
    return of(selection, capture.tap(), capture.shape(), probe);
  }

  /**
   * Fits a selection to a layer.
   *
   * @throws InvalidRequestException if it names feature maps or cells that the layer has not
   */
  public static SelectedLayer of(Selection selection, LayerActivations seen, ModelProbe probe) {
    return of(selection, seen.tap(), seen.shape(), probe);
  }

  /**
   * Fits a selection to the explained input, whose channels are its feature maps.
   *
   * @param method who asks
   * @throws InvalidRequestException if it selects a layer, or what the input has not
   */
  public static SelectedLayer ofInput(String method, Selection selection, ModelProbe probe) {
    Tap tap = layerOf(selection);
    if (!tap.equals(probe.inputTap())) {
      throw new InvalidRequestException(
          "The method "
              + method
              + " explains the input \""
              + probe.inputTap().tensor()
              + "\" itself, found the layer \""
              + tap.tensor()
              + "\"");
    }
    return of(selection, tap, probe.inputMaps().shape(), probe);
  }

  /**
   * Fits a selection to the patches that the explained input is cut into, one map of them.
   *
   * @throws InvalidRequestException if it selects a layer, or what is not there
   */
  public static SelectedLayer ofPatches(
      String method, Selection selection, Shape patches, ModelProbe probe) {
    SelectedLayer.ofInput(method, Selection.of(layerOf(selection)), probe);
    Shape shape = Shape.of(probe.inputMaps().shape().dim(0), patches.dim(0), patches.dim(1));
    return of(selection, probe.inputTap(), shape, probe);
  }

  private static SelectedLayer of(Selection selection, Tap tap, Shape shape, ModelProbe probe) {
    checkMaps(selection.maps(), tap, shape.dim(0));
    return new SelectedLayer(
        shape,
        selection.maps(),
        neurons(selection.neurons(), shape, probe),
        selection.neurons().role());
  }

  private static void checkMaps(MapSelection maps, Tap tap, int count) {
    if (maps instanceof MapSelection.Indices some) {
      int last = some.indices().get(some.indices().size() - 1);
      if (last >= count) {
        throw new InvalidRequestException(
            "Feature map "
                + last
                + " was asked for; the layer \""
                + tap.tensor()
                + "\" has feature maps 0 to "
                + (count - 1));
      }
    } else if (maps instanceof MapSelection.TopByContribution top && top.count() > count) {
      throw new InvalidRequestException(
          "The top "
              + top.count()
              + " feature maps were asked for; the layer \""
              + tap.tensor()
              + "\" has "
              + count);
    }
  }

  /** 1 for each selected cell, otherwise 0; the number 1 where all are selected. */
  private static Field neurons(NeuronSelection selection, Shape shape, ModelProbe probe) {
    if (selection.isAll()) {
      return ALGEBRA.constant(1);
    }
    Shape space = space(shape);
    boolean[] mask = new boolean[Math.toIntExact(space.size())];
    for (Region region : selection.regions()) {
      // Only pixels need an image.
      boolean pixels = region.unit() == Region.Unit.INPUT_PIXELS;
      region.mark(mask, space, pixels ? probe.inputSpace() : space);
    }
    double[] neurons = new double[mask.length];
    for (int i = 0; i < mask.length; i++) {
      neurons[i] = mask[i] ? 1 : 0;
    }
    return new Field(1, neurons.length, neurons);
  }

  /** What of a selection of neurons restricts weights; all, where it restricts the sum alone. */
  public static NeuronSelection weighing(Selection selection) {
    NeuronSelection neurons = selection.neurons();
    return neurons.role() == Role.CONTRIBUTION ? NeuronSelection.ALL : neurons;
  }

  /** The shape of a saliency map. */
  public Shape space() {
    return space(shape);
  }

  /** The spatial lengths of feature maps, without their number. */
  public static Shape space(Shape maps) {
    return Shape.of(Arrays.copyOfRange(maps.dims(), 1, maps.rank()));
  }

  /**
   * 1 for each feature map that takes part, otherwise 0, for a method that cannot rank them.
   *
   * @throws InvalidRequestException if those that contribute most are selected
   */
  public Field mapsByIndex(String method) {
    if (maps instanceof MapSelection.TopByContribution) {
      throw new InvalidRequestException(
          "The method "
              + method
              + " knows no contributions of feature maps, to find the top of them; name feature"
              + " maps by index");
    }
    return maps(ALGEBRA.constant(0));
  }

  /**
   * Insists on all feature maps.
   *
   * @param does why the method has no use for some
   * @throws InvalidRequestException if some are selected
   */
  public void checkAllMaps(String method, String does) {
    if (!(maps instanceof MapSelection.All)) {
      throw new InvalidRequestException("The method " + method + " " + does + "; select no maps");
    }
  }

  /** The shape of the layer: K and the spatial lengths. */
  public Shape shape() {
    return shape;
  }

  /** A value per feature map and cell. */
  public Field field(double[] values) {
    return new Field(shape.dim(0), values.length / shape.dim(0), values);
  }

  /** 1 for each cell that the weights are summed over, otherwise 0. */
  public Field weightCells() {
    return role == Role.CONTRIBUTION ? ALGEBRA.constant(1) : neurons;
  }

  /** 1 for each cell whose activation is in the map, otherwise 0. */
  public Field contributionCells() {
    return role == Role.WEIGHT ? ALGEBRA.constant(1) : neurons;
  }

  /** A map of zeros. */
  public Field nothing() {
    int cells = Math.toIntExact(space().size());
    return new Field(1, cells, new double[cells]);
  }

  /** Of every feature map, nothing. */
  public Evidence<Field> noEvidence() {
    return new Evidence<>(
        new Field(shape.dim(0), 1, new double[shape.dim(0)]),
        field(new double[Math.toIntExact(shape.size())]));
  }

  /**
   * 1 for each feature map that takes part, otherwise 0; the number 1 where all do.
   *
   * @param contributions w_k A_k, maps by cells
   */
  public Field maps(Field contributions) {
    if (maps instanceof MapSelection.All) {
      return ALGEBRA.constant(1);
    }
    if (ranksMaps()) {
      return highest(ALGEBRA.sumCells(ALGEBRA.relu(contributions)).values());
    }
    double[] selected = new double[shape.dim(0)];
    ((MapSelection.Indices) maps).indices().forEach(k -> selected[k] = 1);
    return new Field(selected.length, 1, selected);
  }

  /** Whether those feature maps take part that contribute most. */
  boolean ranksMaps() {
    return maps instanceof MapSelection.TopByContribution;
  }

  /**
   * 1 for each of the feature maps that contribute most, otherwise 0; where they are asked for.
   *
   * @param positive of each feature map the sum of what it contributes to cells, where it is
   *     positive
   */
  Field highest(double[] positive) {
    double[] selected = new double[shape.dim(0)];
    IntStream.range(0, selected.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer k) -> -positive[k]))
        .limit(((MapSelection.TopByContribution) maps).count())
        .forEach(k -> selected[k] = 1);
    return new Field(selected.length, 1, selected);
  }
}
