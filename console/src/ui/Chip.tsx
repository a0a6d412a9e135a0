// A filter that stands: category in grey, value in ink, its own button to remove it.
import { t } from "@lingui/core/macro";
import { Plus, X } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";

export function Chip({ category, value, onRemove }: { category: string; value: string; onRemove: () => void }) {
    return (
        <span className="chip">
            <span>{category}</span>
            <b title={value}>{value}</b>
            <AriaButton aria-label={t`Quitar el filtro ${category}: ${value}`} onPress={onRemove}>
                <X size={14} aria-hidden />
            </AriaButton>
        </span>
    );
}

export function AddChip({ children, onPress }: { children: string; onPress?: () => void }) {
    return (
        <AriaButton className="chip chip-add" onPress={onPress}>
            <Plus size={14} aria-hidden />
            {children}
        </AriaButton>
    );
}
