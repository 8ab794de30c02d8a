/** Sets of images with what is known of them: classes, boxes, outlines. */
package org.pellucid.core.dataset;
