/**
 * A dialog that led to a room: whoever goes there writes there. Else the focus goes back to what
 * opened the dialog, as everywhere.
 */
import { useNavigation } from "./view";

export function useEntering(): { enters(): void; left(event: Event): void } {
  const navigation = useNavigation();
  let entered = false;
  return {
    /** Says so before the dialog closes. */
    enters: () => (entered = true),
    left(event) {
      if (!entered) return;
      event.preventDefault();
      navigation.view.composed++;
    },
  };
}
