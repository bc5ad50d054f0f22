"""What a model keeps of how a column was written."""

from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.numbers import NumberFormat

Format = NumberFormat | DateFormat | ClockFormat
