"""Adam that updates a variable by one operation of TensorFlow."""

from typing import Any

import keras
import tensorflow as tf


class FusedAdam(keras.optimizers.Adam):
    """Keras' Adam, whose dozen operations for each variable are traced, stored and run as one."""

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update a variable, and its moments."""
        is_plain = not (self.amsgrad or self.gradient_accumulation_steps)
        if not (is_plain and isinstance(gradient, tf.Tensor)):
            super().update_step(gradient, variable, learning_rate)
            return
        place = self._get_variable_index(variable)
        step = tf.cast(self.iterations.value + 1, variable.dtype)
        moments = self._momentums[place], self._velocities[place]
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=moments[0].value.handle,
            v=moments[1].value.handle,
            beta1_power=tf.pow(tf.cast(self.beta_1, variable.dtype), step),
            beta2_power=tf.pow(tf.cast(self.beta_2, variable.dtype), step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(gradient, variable.dtype),
        )
