export async function boot(selector: string) { document.querySelector(selector)!.textContent = "Homing"; }
