package org.pellucid.backend.cuda;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;

/** Pools. */
final class PoolLowerings {
  private PoolLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        MaxPool.class,
        (op, site) ->
            site.add(
                Launch.over(
                    site.output().size(),
                    "max_pool",
                    shape(site, op, site.output()),
                    site.input(0).place(),
                    site.result())));
    table.add(
        MaxPoolGrad.class,
        (op, site) -> {
          Structure shape = shape(site, op.pool(), site.shape(1));
          Place positions = positions(site, shape, site.shape(1));
          site.add(
              Launch.over(
                  site.output().size(),
                  "max_pool_gradient",
                  shape,
                  positions,
                  site.input(1).place(),
                  site.result()));
        });
    table.add(
        MaxPoolSelect.class,
        (op, site) -> {
          Structure shape = shape(site, op.pool(), site.output());
          Place positions = positions(site, shape, site.output());
          site.add(
              Launch.over(
                  site.output().size(),
                  "max_pool_select",
                  shape,
                  positions,
                  site.input(1).place(),
                  site.result()));
        });
    table.add(
        AveragePool.class,
        (op, site) ->
            site.add(
                Launch.over(
                    site.output().size(),
                    "average_pool",
                    shape(
                        site,
                        site.output(),
                        op.kernel(),
                        op.strides(),
                        op.dilations(),
                        op.padsBegin(),
                        op.padsEnd()),
                    op.countIncludePad() ? 1 : 0,
                    site.input(0).place(),
                    site.result())));
  }

  /** Where the largest element of each window stands. */
  private static Place positions(Site site, Structure shape, Shape pooled) {
    Place positions = site.integers(pooled.size());
    site.add(
        Launch.over(pooled.size(), "max_pool_positions", shape, site.input(0).place(), positions));
    return positions;
  }

  private static Structure shape(Site site, MaxPool pool, Shape pooled) {
    return shape(
        site,
        pooled,
        pool.kernel(),
        pool.strides(),
        pool.dilations(),
        pool.padsBegin(),
        pool.padsEnd());
  }

  /** {@code PoolShape} of pool.cu, for a pool of the first input. */
  private static Structure shape(
      Site site,
      Shape pooled,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> before,
      List<Integer> after) {
    Shape x = site.shape(0);
    return site.structure()
        .ints(x.dim(0) * x.dim(1))
        .ints(Spatial.of(x).array())
        .ints(Spatial.of(pooled).array())
        .ints(Spatial.of(kernel, 1).array())
        .ints(Spatial.of(strides, 1).array())
        .ints(Spatial.of(dilations, 1).array())
        .ints(Spatial.of(before, 0).array())
        .ints(Spatial.of(after, 0).array());
  }
}
