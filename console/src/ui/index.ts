// The parts: they know nothing of Campo. Pages take them from here.
export { Button, IconButton } from "./Button";
export { AddChip, Chip } from "./Chip";
export { Confirm } from "./Confirm";
export { Dialog } from "./Dialog";
export { Drawer } from "./Drawer";
export { EmptyState } from "./EmptyState";
export { ErrorSummary, type SummaryItem } from "./ErrorSummary";
export { Checkbox, Combo, type Option, PasswordField, RadioGroup, SearchField, Select, TextArea, TextField } from "./fields";
export { KeyValues } from "./KeyValues";
export { Menu, type MenuAct, MenuList } from "./Menu";
export { Note } from "./Note";
export { PickMany } from "./PickMany";
export { Progress } from "./Progress";
export { type Family, Status } from "./Status";
export { type Column, type Sort, Table } from "./Table";
export { Tabs } from "./Tabs";
export { say } from "./toast";
export { useNarrow } from "./useNarrow";
